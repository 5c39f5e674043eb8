import { Page } from '@playwright/test';

import { Person, api } from './product';

/** A page of the app, and who sees it; `path` may have to look up what is there. */
export interface Place {
  readonly name: string;
  readonly as?: Person;
  readonly path: string | ((page: Page) => Promise<string>);
}

/** Every page, for what must be true of all of them. */
export const PLACES: readonly Place[] = [
  // The shell
  { name: 'forbidden', path: '/forbidden' },
  { name: 'not-found', path: '/no-such-page' },

  // Home and courses
  { name: 'home', path: '/' },
  { name: 'home-es', path: '/es/' },
  { name: 'courses', path: '/courses' },
  { name: 'courses-none', path: '/courses?search=nothingiscalledthis' },
  { name: 'course', path: async page => `/courses/${await firstCourse(page)}` },

  // Accounts
  { name: 'login', path: '/login' },
  { name: 'login-es', path: '/es/login' },
  { name: 'register', path: '/register' },
  { name: 'reset', path: '/reset' },
  { name: 'verify', path: '/verify' },

  // Learning
  { name: 'dashboard', as: 'demo-student', path: '/dashboard' },

  // Quizzes

  // Notifications and profile

  // Studio
  { name: 'studio', as: 'demo-instructor', path: '/studio' },

  // Management
];

async function firstCourse(page: Page): Promise<string> {
  const courses = await api<{ results: { id: string }[] }>(page, '/api/courses/?ordering=title');
  return courses.results[0]?.id ?? '';
}
