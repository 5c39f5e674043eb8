import { APIResponse, Page, expect } from '@playwright/test';

import { DemoUser, accessTokenOf } from './product';

/** A course that belongs to one test, so that parallel tests do not interfere. */
export interface Course {
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly string[];
  /** The quiz of the second lesson. */
  readonly quiz: string;
}

const QUESTIONS = [
  {
    kind: 'single',
    text: 'Which planet is closest to the Sun?',
    explanation: 'Mercury orbits the Sun in 88 days.',
    choices: [{ text: 'Venus' }, { text: 'Mercury', is_correct: true }, { text: 'Mars' }],
  },
  {
    kind: 'multiple',
    text: 'Which of these planets have rings?',
    points: 2,
    choices: [
      { text: 'Saturn', is_correct: true },
      { text: 'Uranus', is_correct: true },
      { text: 'Venus' },
    ],
  },
  { kind: 'true_false', text: 'A day on Venus is longer than its year.', answer: 'true' },
  {
    kind: 'short_text',
    text: 'Read this:\n\n“My very educated mother just served us noodles.”\n\nWhich planet comes last?',
    answer: 'Neptune\nthe planet Neptune',
  },
  {
    kind: 'numeric',
    text: 'How many astronomical units is Mars away from the Sun?',
    answer: '1.52',
    tolerance: 0.05,
  },
];

/**
 * Creates and publishes a course with two lessons; the second has a quiz with all question types.
 * Every text in it has the same ending.
 */
export async function createCourse(page: Page, quiz: object = {}, end = ''): Promise<Course> {
  const send = await asInstructor(page);
  const name = `Test course ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  const title = name + end;
  const course = await send('/api/courses/', { title, description: `For a test.${end}` });
  const lessons: string[] = [];
  for (const [title, content] of [
    ['First steps', '# Begin\n\nRead **this**.'],
    ['Check yourself', 'A quiz follows.'],
  ]) {
    const body = { course: course.id, title: `${title}${end}`, content: `${content}${end}` };
    lessons.push((await send('/api/lessons/', body)).id);
  }
  const quizBody = { lesson: lessons[1], title: `A quiz${end}`, ...quiz };
  const { id: quizId } = await send('/api/quizzes/', quizBody);
  for (const { text, choices, ...others } of QUESTIONS) {
    await send('/api/questions/', {
      quiz: quizId,
      text: text + end,
      choices: choices?.map(choice => ({ ...choice, text: choice.text + end })),
      ...others,
    });
  }
  await send(`/api/courses/${course.id}/publish/`);
  return { id: course.id, title, lessons, quiz: quizId };
}

/** Enrolls the user, or the user signed in on the page, through the API. */
export async function enroll(page: Page, course: string, as?: DemoUser): Promise<void> {
  const access = as ? await accessTokenOf(page, as) : await ownToken(page);
  const answer = await page.request.post('/api/enrollments/', {
    headers: { Authorization: `Bearer ${access}` },
    data: { course },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Starts an attempt of a demo user through the API. */
export async function startAttempt(page: Page, quiz: string, as: DemoUser): Promise<void> {
  const headers = { Authorization: `Bearer ${await accessTokenOf(page, as)}` };
  const answer = await page.request.post(`/api/quizzes/${quiz}/start/`, { headers });
  expect(answer.ok(), await answer.text()).toBe(true);
}

/** Submits answers of a demo user through the API and returns the path of the result. */
export async function submitAnswers(
  page: Page,
  quiz: string,
  answers: readonly object[],
  as: DemoUser,
): Promise<string> {
  const headers = { Authorization: `Bearer ${await accessTokenOf(page, as)}` };
  const data = { quiz, answers };
  const answer = await page.request.post('/api/quiz-submissions/', { headers, data });
  expect(answer.ok(), await answer.text()).toBe(true);
  const { id } = (await answer.json()) as { id: string };
  return `/quiz/${quiz}?submission=${id}`;
}

async function ownToken(page: Page): Promise<string> {
  const headers = { 'X-Auth-Mode': 'cookie' };
  const renewed = await page.request.post('/api/auth/token/refresh/', { headers });
  return ((await renewed.json()) as { access: string }).access;
}

/** Returns a function that sends requests of the demo instructor. */
export async function asInstructor(page: Page) {
  const Authorization = `Bearer ${await accessTokenOf(page, 'demo-instructor')}`;
  return async (url: string, data?: object): Promise<{ id: string }> => {
    const answer: APIResponse = await page.request.post(url, { headers: { Authorization }, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as { id: string };
  };
}
