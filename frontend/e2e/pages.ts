import { Page } from '@playwright/test';

import { enrol, makeCourse as newCourse } from './courses';
import { Person, api, tokenOf } from './product';

/** A page of the app, and who sees it; `path` may have to look up what is there. */
export interface Place {
  readonly name: string;
  readonly as?: Person;
  readonly path: string | ((page: Page) => Promise<string>);
  /** What has to be done on the page to see what is meant. */
  readonly then?: (page: Page) => Promise<void>;
}

/** Every page, for what must be true of all of them. */
export const PLACES: readonly Place[] = [
  // The shell
  { name: 'forbidden', path: '/forbidden' },
  { name: 'not-found', path: '/no-such-page' },
  { name: 'unreachable', path: '/unreachable' },

  // Home and courses
  { name: 'home', path: '/' },
  { name: 'home-es', path: '/es/' },
  { name: 'courses', path: '/courses' },
  { name: 'courses-none', path: '/courses?search=nothingiscalledthis' },
  { name: 'course', path: async page => `/courses/${(await newCourse(page)).id}` },
  {
    name: 'course-taken',
    as: 'demo-student',
    path: async page => `/courses/${(await taken(page)).course}`,
  },

  // Accounts
  { name: 'login', path: '/login' },
  { name: 'login-es', path: '/es/login' },
  { name: 'register', path: '/register' },
  { name: 'reset', path: '/reset' },
  { name: 'verify', path: '/verify' },

  // Learning
  { name: 'dashboard', as: 'demo-student', path: '/dashboard' },
  { name: 'dashboard-empty', as: 'demo-admin', path: '/dashboard' },
  {
    name: 'lesson',
    as: 'demo-student',
    path: async page => `/learn/${(await taken(page)).course}`,
  },
  {
    name: 'lesson-locked',
    path: async page => {
      const { id, lessons } = await newCourse(page);
      return `/learn/${id}/${lessons[1]}`;
    },
  },

  // Quizzes
  { name: 'quiz', as: 'demo-student', path: async page => `/quiz/${(await taken(page)).quiz}` },
  { name: 'quiz-attempt', as: 'demo-student', path: openAttempt },
  {
    name: 'quiz-review',
    as: 'demo-student',
    path: openAttempt,
    then: page => page.getByRole('button', { name: 'Look over and hand in' }).click(),
  },
  {
    name: 'quiz-result',
    as: 'demo-student',
    path: async page => {
      const { quiz } = await taken(page);
      const url = `/api/quiz-submissions/?quiz=${quiz}`;
      const { results } = await api<{ results: { id: string }[] }>(page, url, 'demo-student');
      return `/quiz/${quiz}?submission=${results[0]?.id}`;
    },
  },

  // Notifications and profile

  // Studio
  { name: 'studio', as: 'demo-instructor', path: '/studio' },

  // Management
];

/** A course and a quiz of it that the demo's student has begun. */
async function taken(page: Page): Promise<{ course: string; quiz: string }> {
  const url = '/api/quiz-submissions/?page_size=1';
  const { results } = await api<{ results: { quiz: string }[] }>(page, url, 'demo-student');
  const quiz = results[0]?.quiz ?? '';
  const { course } = await api<{ course: string }>(page, `/api/quizzes/${quiz}/`, 'demo-student');
  return { course, quiz };
}

/** Opens an attempt at a new course's quiz for the demo's student, and says where it is. */
async function openAttempt(page: Page): Promise<string> {
  const { id, quiz } = await newCourse(page);
  await enrol(page, id, 'demo-student');
  const headers = { Authorization: `Bearer ${await tokenOf(page, 'demo-student')}` };
  await page.request.post(`/api/quizzes/${quiz}/start/`, { headers });
  return `/quiz/${quiz}?at=1`;
}
