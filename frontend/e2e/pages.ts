import { Page } from '@playwright/test';

import { createCourse, enroll, startAttempt, submitAnswers } from './courses';
import {
  createCourseWithLongWords,
  findCourseWithPreviews,
  findEnrolledCourse,
  findStartedLesson,
  findTaughtCourse,
  findVideoLesson,
  openAttempt,
  openQuiz,
} from './page-data';
import { DemoUser, api } from './product';

interface Quiz {
  readonly questions: readonly { id: string; choices: readonly { id: string }[] }[];
}

/** A page to check, and its user; `path` may look up data first. */
export interface PageCase {
  readonly name: string;
  readonly as?: DemoUser;
  readonly path: string | ((page: Page) => Promise<string>);
  /** Brings the page into the state to check. */
  readonly then?: (page: Page) => Promise<void>;
  /** Expected console errors. */
  readonly allowed?: readonly RegExp[];
}

/** Every page of the app, for checks that apply to all. */
export const PAGES: readonly PageCase[] = [
  // The shell
  { name: 'forbidden', path: '/forbidden' },
  { name: 'not-found', path: '/no-such-page', allowed: [/status of 404/] },
  { name: 'unreachable', path: '/unreachable' },

  // Home and courses
  { name: 'home', path: '/' },
  { name: 'home-es', path: '/es/' },
  { name: 'home-signed-in', as: 'demo-student', path: '/' },
  { name: 'courses', path: '/courses' },
  { name: 'courses-search', path: '/courses?search=python' },
  { name: 'courses-none', path: '/courses?search=nothingiscalledthis' },
  { name: 'course', path: async page => `/courses/${(await createCourse(page)).id}` },
  { name: 'course-previews', path: async page => `/courses/${await findCourseWithPreviews(page)}` },
  { name: 'course-es', path: async page => `/es/courses/${await findCourseWithPreviews(page)}` },
  {
    name: 'course-enrolled',
    as: 'demo-student',
    path: async page => `/courses/${await findEnrolledCourse(page)}`,
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
  { name: 'lesson', as: 'demo-student', path: page => findStartedLesson(page) },
  { name: 'lesson-es', as: 'demo-student', path: async p => `/es${await findStartedLesson(p)}` },
  { name: 'lesson-finished', as: 'demo-student', path: page => findStartedLesson(page, true) },
  { name: 'lesson-preview', path: findVideoLesson },
  {
    name: 'lesson-focus-mode',
    path: findVideoLesson,
    then: page => page.getByRole('button', { name: 'Focus mode' }).click(),
  },
  {
    name: 'lesson-locked',
    path: async page => {
      const { id, lessons } = await createCourse(page);
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
      const { questions } = await api<Quiz>(page, `/api/quizzes/${quiz}/`, 'demo-student');
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
  ...['outline', 'quizzes', 'students', 'statistics', 'settings'].map((tab): PageCase => ({
    name: `studio-${tab}`,
    as: 'demo-instructor',
    path: async page => `/studio/courses/${(await findTaughtCourse(page)).course}/${tab}`,
  })),
  {
    name: 'studio-lesson',
    as: 'demo-instructor',
    path: async page => {
      const { course, lesson } = await findTaughtCourse(page);
      return `/studio/courses/${course}/lessons/${lesson}`;
    },
  },
  {
    name: 'studio-quiz',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await findTaughtCourse(page);
      return `/studio/courses/${course}/quizzes/${quiz}`;
    },
  },
  {
    name: 'studio-quiz-preview',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await findTaughtCourse(page);
      return `/studio/courses/${course}/quizzes/${quiz}?view=student`;
    },
  },
  {
    name: 'studio-question',
    as: 'demo-instructor',
    path: async page => {
      const { course, quiz } = await findTaughtCourse(page);
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
  {
    name: 'long-courses',
    path: async page => `/courses?search=${(await createCourseWithLongWords(page)).name}`,
  },
  {
    name: 'long-course',
    path: async page => `/courses/${(await createCourseWithLongWords(page)).id}`,
  },
  {
    name: 'long-lesson',
    as: 'demo-student',
    path: async page => {
      const { id } = await createCourseWithLongWords(page);
      await enroll(page, id, 'demo-student');
      return `/learn/${id}`;
    },
  },
  {
    name: 'long-quiz',
    as: 'demo-student',
    path: async page => {
      const { id, quiz } = await createCourseWithLongWords(page);
      await enroll(page, id, 'demo-student');
      await startAttempt(page, quiz, 'demo-student');
      return `/quiz/${quiz}?step=2`;
    },
  },
  ...['outline', 'quizzes', 'students', 'statistics', 'settings'].map((tab): PageCase => ({
    name: `long-studio-${tab}`,
    as: 'demo-instructor',
    path: async page => `/studio/courses/${(await createCourseWithLongWords(page)).id}/${tab}`,
  })),
  {
    name: 'long-studio-quiz',
    as: 'demo-instructor',
    path: async page => {
      const { id, quiz } = await createCourseWithLongWords(page);
      return `/studio/courses/${id}/quizzes/${quiz}`;
    },
  },
];
