import { APIResponse, Page, expect } from '@playwright/test';

import { Person, tokenOf } from './product';

/** A course of a test's own, so that tests beside it change nothing for it. */
export interface Course {
  readonly id: string;
  readonly title: string;
  readonly lessons: readonly string[];
  /** Holds the second lesson back. */
  readonly quiz: string;
}

const QUESTIONS = [
  {
    kind: 'single',
    text: 'Two and two are …',
    choices: [{ text: 'Four', is_correct: true }, { text: 'Five' }],
  },
  {
    kind: 'multiple',
    text: 'Which are prime?',
    choices: [
      { text: 'Two', is_correct: true },
      { text: 'Three', is_correct: true },
      { text: 'Nine' },
    ],
  },
  { kind: 'true_false', text: 'Water boils at a lower temperature on a mountain.', answer: 'true' },
  { kind: 'short_text', text: 'The capital of France?', answer: 'Paris' },
  { kind: 'numeric', text: 'Half of three?', answer: '1.5' },
];

/** Makes and publishes a course of two lessons, of which the second has a quiz of all kinds. */
export async function makeCourse(page: Page, quiz: object = {}): Promise<Course> {
  const send = await asInstructor(page);
  const title = `Test course ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  const course = await send('/api/courses/', { title, description: 'For a test.' });
  const lessons: string[] = [];
  for (const [title, content] of [
    ['First steps', '# Begin\n\nRead **this**.'],
    ['Check yourself', 'A quiz follows.'],
  ]) {
    lessons.push((await send('/api/lessons/', { course: course.id, title, content })).id);
  }
  const made = await send('/api/quizzes/', { lesson: lessons[1], title: 'A quiz', ...quiz });
  for (const question of QUESTIONS) await send('/api/questions/', { quiz: made.id, ...question });
  await send(`/api/courses/${course.id}/publish/`);
  return { id: course.id, title, lessons, quiz: made.id };
}

/** Enrols that person, or whoever is signed in on the page, without the pages for it. */
export async function enrol(page: Page, course: string, as?: Person): Promise<void> {
  const access = as ? await tokenOf(page, as) : await ownToken(page);
  const answer = await page.request.post('/api/enrollments/', {
    headers: { Authorization: `Bearer ${access}` },
    data: { course },
  });
  expect(answer.ok(), await answer.text()).toBe(true);
}

async function ownToken(page: Page): Promise<string> {
  const headers = { 'X-Auth-Mode': 'cookie' };
  const renewed = await page.request.post('/api/auth/token/refresh/', { headers });
  return ((await renewed.json()) as { access: string }).access;
}

async function asInstructor(page: Page) {
  const Authorization = `Bearer ${await tokenOf(page, 'demo-instructor')}`;
  return async (url: string, data?: object): Promise<{ id: string }> => {
    const answer: APIResponse = await page.request.post(url, { headers: { Authorization }, data });
    expect(answer.ok(), await answer.text()).toBe(true);
    return (await answer.json()) as { id: string };
  };
}
