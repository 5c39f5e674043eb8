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
  { name: 'lesson', as: 'demo-student', path: page => lessonOfStudent(page) },
  { name: 'lesson-es', as: 'demo-student', path: async p => `/es${await lessonOfStudent(p)}` },
  { name: 'lesson-completed', as: 'demo-student', path: page => lessonOfStudent(page, true) },
  { name: 'lesson-preview', path: async page => lessonWithVideo(page) },
  { name: 'lesson-closed', path: async page => lessonOfCourse(page, 1) },
  { name: 'dashboard', as: 'demo-student', path: '/dashboard' },
  { name: 'dashboard-es', as: 'demo-student', path: '/es/dashboard' },
  { name: 'dashboard-empty', as: 'demo-admin', path: '/dashboard' },

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

/** A lesson that the demo's student has still to complete by a quiz, or of a course they finished. */
async function lessonOfStudent(page: Page, isFinished = false): Promise<string> {
  const { student } = await api<{
    student: {
      courses: { course: string; completed: number; total: number; grade: number | null }[];
    };
  }>(page, '/api/dashboard/', 'demo-student');
  const taken = student.courses.filter(course => course.grade !== null);
  const found = taken.find(course => (course.completed === course.total) === isFinished);
  return `/learn/${found?.course ?? ''}`;
}

async function lessonOfCourse(page: Page, index: number): Promise<string> {
  const course = await firstCourse(page);
  const lessons = await api<{ id: string }[]>(page, `/api/courses/${course}/lessons/`);
  return `/learn/${course}/${lessons[index]?.id ?? ''}`;
}

async function lessonWithVideo(page: Page): Promise<string> {
  const lessons = await api<{
    results: { id: string; course: string; embed_url: string | null }[];
  }>(page, '/api/lessons/?page_size=100');
  const found = lessons.results.find(lesson => lesson.embed_url);
  return `/learn/${found?.course ?? ''}/${found?.id ?? ''}`;
}
