import { Page } from '@playwright/test';

import { Course, enrol, makeCourse as newCourse, startAttempt, submitAnswers } from './courses';
import { Person, api } from './product';

/** A page to check, and its user; `path` may look up data first. */
export interface Place {
  readonly name: string;
  readonly as?: Person;
  readonly path: string | ((page: Page) => Promise<string>);
  /** Brings the page into the state to check. */
  readonly then?: (page: Page) => Promise<void>;
  /** Expected console errors. */
  readonly allowed?: readonly RegExp[];
}

/** Every page of the app, for checks that apply to all. */
export const PLACES: readonly Place[] = [
  // The shell
  { name: 'forbidden', path: '/forbidden' },
  { name: 'not-found', path: '/no-such-page', allowed: [/status of 404/] },
  { name: 'unreachable', path: '/unreachable' },

  // Home and courses
  { name: 'home', path: '/' },
  { name: 'home-es', path: '/es/' },
  { name: 'home-signed-in', as: 'demo-student', path: '/' },
  { name: 'courses', path: '/courses' },
  { name: 'courses-found', path: '/courses?search=python' },
  { name: 'courses-none', path: '/courses?search=nothingiscalledthis' },
  { name: 'course', path: async page => `/courses/${(await newCourse(page)).id}` },
  { name: 'course-previews', path: async page => `/courses/${await withPreviews(page)}` },
  { name: 'course-es', path: async page => `/es/courses/${await withPreviews(page)}` },
  {
    name: 'course-taken',
    as: 'demo-student',
    path: async page => `/courses/${await taken(page)}`,
  },

  // Accounts
  { name: 'login', path: '/login' },
  { name: 'login-es', path: '/es/login' },
  { name: 'register', path: '/register' },
  { name: 'reset', path: '/reset' },
  { name: 'reset-link', path: '/reset#uid=1&token=a' },
  { name: 'verify', path: '/verify' },

  // Learning
  { name: 'dashboard', as: 'demo-student', path: '/dashboard' },
  { name: 'dashboard-es', as: 'demo-student', path: '/es/dashboard' },
  { name: 'dashboard-empty', as: 'demo-admin', path: '/dashboard' },
  { name: 'lesson', as: 'demo-student', path: page => lessonToGoOnWith(page) },
  { name: 'lesson-es', as: 'demo-student', path: async p => `/es${await lessonToGoOnWith(p)}` },
  { name: 'lesson-finished', as: 'demo-student', path: page => lessonToGoOnWith(page, true) },
  { name: 'lesson-preview', path: lessonWithVideo },
  {
    name: 'lesson-focus-mode',
    path: lessonWithVideo,
    then: page => page.getByRole('button', { name: 'Focus mode' }).click(),
  },
  {
    name: 'lesson-locked',
    path: async page => {
      const { id, lessons } = await newCourse(page);
      return `/learn/${id}/${lessons[1]}`;
    },
  },

  // Quizzes
  {
    name: 'quiz',
    as: 'demo-student',
    path: async page => {
      const settings = { time_limit_seconds: 1200, max_attempts: 3, partial_credit: true };
      const quiz = await openQuiz(page, settings);
      await startAttempt(page, quiz, 'demo-student');
      await submitAnswers(page, quiz, [], 'demo-student');
      return `/quiz/${quiz}`;
    },
  },
  { name: 'quiz-attempt', as: 'demo-student', path: page => openAttempt(page, 2) },
  {
    name: 'quiz-attempt-text',
    as: 'demo-student',
    path: page => openAttempt(page, 5),
    then: page => page.getByLabel('Your answer (a number)').fill('one and a half'),
  },
  {
    name: 'quiz-review',
    as: 'demo-student',
    path: page => openAttempt(page, 3),
    then: async page => {
      await page.getByRole('radio', { name: 'True' }).check();
      await page.getByLabel('Flag for review').check();
      await page.getByRole('link', { name: 'Review and submit' }).click();
      await page.getByRole('button', { name: 'Submit answers' }).click();
    },
  },
  {
    name: 'quiz-result',
    as: 'demo-student',
    path: async page => {
      const quiz = await openQuiz(page);
      const { questions } = await api<Asked>(page, `/api/quizzes/${quiz}/`, 'demo-student');
      const answers = questions.map(({ id: question, choices: [first] }) =>
        first ? { question, choices: [first.id] } : { question, text: 'true' },
      );
      return submitAnswers(page, quiz, answers, 'demo-student');
    },
  },

  // Notifications and profile
  { name: 'notifications', as: 'demo-student', path: '/notifications' },
  { name: 'notifications-empty', as: 'demo-admin', path: '/notifications' },
  { name: 'preferences', as: 'demo-student', path: '/notifications/preferences' },
  { name: 'profile', as: 'demo-student', path: '/profile' },
  {
    name: 'profile-password',
    as: 'demo-student',
    path: '/profile',
    then: page => page.getByRole('button', { name: 'Change password' }).click(),
  },

  // Studio
  { name: 'studio', as: 'demo-instructor', path: '/studio' },
  ...['outline', 'quizzes', 'students', 'statistics', 'settings'].map((tab): Place => ({
    name: `studio-${tab}`,
    as: 'demo-instructor',
    path: async page => `/studio/courses/${(await taught(page)).course}/${tab}`,
  })),
  {
    name: 'studio-lesson',
    as: 'demo-instructor',
    path: async page => {
      const { course, lesson } = await taught(page);
      return `/studio/courses/${course}/lessons/${lesson}`;
    },
  },
  {
    name: 'studio-quiz',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await taught(page);
      return `/studio/courses/${course}/quizzes/${quiz}`;
    },
  },
  {
    name: 'studio-quiz-preview',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await taught(page);
      return `/studio/courses/${course}/quizzes/${quiz}?view=student`;
    },
  },
  {
    name: 'studio-question',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await taught(page);
      return `/studio/courses/${course}/quizzes/${quiz}`;
    },
    then: page => page.getByRole('button', { name: 'Multiple choice' }).click(),
  },
  { name: 'studio-none', as: 'demo-instructor', path: '/studio?search=nothingiscalledthis' },

  // Manage
  { name: 'manage-users', as: 'demo-admin', path: '/manage/users' },
  {
    name: 'manage-users-invite',
    as: 'demo-admin',
    path: '/manage/users',
    then: page => page.getByRole('button', { name: 'Invite user' }).click(),
  },
  {
    name: 'manage-users-change',
    as: 'demo-admin',
    path: '/manage/users?search=demo',
    then: page => page.locator('summary').first().click(),
  },
  { name: 'manage-users-none', as: 'demo-admin', path: '/manage/users?search=nobodyhasthisname' },
  { name: 'manage-categories', as: 'demo-admin', path: '/manage/categories' },
  {
    name: 'manage-categories-edit',
    as: 'demo-admin',
    path: '/manage/categories',
    then: page => page.getByRole('button', { name: 'Edit' }).first().click(),
  },
  { name: 'manage-figures', as: 'demo-admin', path: '/manage/figures' },

  // Texts of maximum length without spaces
  { name: 'long-courses', path: async page => `/courses?search=${(await longCourse(page)).name}` },
  { name: 'long-course', path: async page => `/courses/${(await longCourse(page)).id}` },
  {
    name: 'long-lesson',
    as: 'demo-student',
    path: async page => {
      const { id } = await longCourse(page);
      await enrol(page, id, 'demo-student');
      return `/learn/${id}`;
    },
  },
  {
    name: 'long-quiz',
    as: 'demo-student',
    path: async page => {
      const { id, quiz } = await longCourse(page);
      await enrol(page, id, 'demo-student');
      await startAttempt(page, quiz, 'demo-student');
      return `/quiz/${quiz}?step=2`;
    },
  },
  ...['outline', 'quizzes', 'students', 'statistics', 'settings'].map((tab): Place => ({
    name: `long-studio-${tab}`,
    as: 'demo-instructor',
    path: async page => `/studio/courses/${(await longCourse(page)).id}/${tab}`,
  })),
  {
    name: 'long-studio-quiz',
    as: 'demo-instructor',
    path: async page => {
      const { id, quiz } = await longCourse(page);
      return `/studio/courses/${id}/quizzes/${quiz}`;
    },
  },
];

interface Enrolment {
  readonly course: string;
  readonly milestones: readonly number[];
  readonly completed_at: string | null;
}

/** A demo course in which the student attempted a quiz, in progress or completed. */
async function lessonToGoOnWith(page: Page, isFinished = false): Promise<string> {
  const { student } = await api<{
    student: {
      courses: {
        course: string;
        title: string;
        completed: number;
        total: number;
        grade: number | null;
      }[];
    };
  }>(page, '/api/dashboard/', 'demo-student');
  const found = student.courses.find(
    ({ title, completed, total, grade }) =>
      !title.startsWith('Test course') && grade !== null && (completed === total) === isFinished,
  );
  return `/learn/${found?.course}`;
}

async function lessonWithVideo(page: Page): Promise<string> {
  const { results } = await api<{
    results: { id: string; course: string; embed_url: string | null }[];
  }>(page, '/api/lessons/?page_size=100');
  const found = results.find(lesson => lesson.embed_url);
  return `/learn/${found?.course}/${found?.id}`;
}

/** A course of the demo instructor with a quiz and students. */
async function taught(page: Page): Promise<{ course: string; lesson: string; quiz: string }> {
  const url = '/api/courses/?search=meetings&page_size=1';
  const { results } = await api<{ results: { id: string }[] }>(page, url);
  const course = results[0]?.id ?? '';
  const quizzes = await api<{ results: { id: string; lesson: string }[] }>(
    page,
    `/api/quizzes/?course=${course}`,
    'demo-instructor',
  );
  const { id: quiz, lesson } = quizzes.results[0] ?? { id: '', lesson: '' };
  return { course, lesson, quiz };
}

/** The demo course that its student has in progress. */
async function taken(page: Page): Promise<string> {
  const url = '/api/enrollments/?ordering=enrolled_at';
  const { results } = await api<{ results: Enrolment[] }>(page, url, 'demo-student');
  const middle = results.find(one => one.milestones.length > 0 && one.completed_at === null);
  return middle?.course ?? '';
}

/** A demo course with preview lessons. */
async function withPreviews(page: Page): Promise<string> {
  const { results } = await api<{ results: { course: string }[] }>(
    page,
    '/api/lessons/?page_size=1',
  );
  return results[0]?.course ?? '';
}

interface Asked {
  readonly questions: readonly { id: string; choices: readonly { id: string }[] }[];
}

/** Creates a quiz that the demo student can take. */
async function openQuiz(page: Page, settings: object = {}): Promise<string> {
  const { id, quiz } = await newCourse(page, settings);
  await enrol(page, id, 'demo-student');
  return quiz;
}

/** Starts an attempt of the demo student and returns the path of its question. */
async function openAttempt(page: Page, step: number): Promise<string> {
  const quiz = await openQuiz(page, { time_limit_seconds: 1200 });
  await startAttempt(page, quiz, 'demo-student');
  return `/quiz/${quiz}?step=${step}`;
}

/** A course with words that are wider than any page. */
async function longCourse(page: Page): Promise<Course & { name: string }> {
  const course = await newCourse(page, {}, 'W'.repeat(200));
  return {
    ...course,
    name: course.title.slice(0, course.title.indexOf('WWW')).split(' ')[2] ?? '',
  };
}
