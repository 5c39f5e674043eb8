import { Page } from '@playwright/test';

import { DEMO_PASSWORD, expect, openMenu, test } from './product';

const LONG = Array.from({ length: 60 }, (_, i) => `Paragraph ${i + 1} of the text.`).join('\n\n');
const LESSONS = ['Seeds', 'Roots', 'Leaves', 'Flowers'];

interface Made {
  readonly course: string;
  readonly lessons: readonly string[];
}

/** Asks the API as whoever holds the token. */
async function send<Answer>(page: Page, token: string, url: string, data: object = {}) {
  const headers = { Authorization: `Bearer ${token}` };
  const answer = await page.request.post(url, { headers, data });
  expect(answer.ok(), `${url}: ${await answer.text()}`).toBe(true);
  return (await answer.json()) as Answer;
}

/** A published course of four lessons, the first open to everyone and with a video. */
async function makeCourse(page: Page): Promise<Made> {
  const login = await page.request.post('/api/auth/login/', {
    data: { username: 'demo-instructor', password: DEMO_PASSWORD },
  });
  const { access } = (await login.json()) as { access: string };
  const { id: course } = await send<{ id: string }>(page, access, '/api/courses/', {
    title: `Botany ${Math.random().toString(36).slice(2, 8)}`,
  });
  const lessons: string[] = [];
  for (const title of LESSONS) {
    const lesson = await send<{ id: string }>(page, access, '/api/lessons/', {
      course,
      title,
      content: LONG,
      is_preview: title === 'Seeds',
      video_url: title === 'Seeds' ? 'https://player.vimeo.com/video/1' : '',
    });
    lessons.push(lesson.id);
  }
  await send(page, access, `/api/courses/${course}/publish/`);
  return { course, lessons };
}

/** Somebody new, signed in on the next page that is opened; returns their token. */
async function newStudent(page: Page): Promise<string> {
  const username = `eve-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
  const password = 'correct horse battery';
  const answer = await page.request.post('/api/auth/registration/', {
    headers: { 'X-Auth-Mode': 'cookie' },
    data: {
      username,
      email: `${username}@example.org`,
      password1: password,
      password2: password,
    },
  });
  const { access } = (await answer.json()) as { access: string };
  await page.goto('/forbidden');
  await page.evaluate(() => localStorage.setItem('lms.session', '1'));
  return access;
}

async function newLearner(page: Page): Promise<Made> {
  const made = await makeCourse(page);
  const token = await newStudent(page);
  await send(page, token, '/api/enrollments/', { course: made.course });
  return made;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

test('someone new reads, marks, goes on by key, and sees how far they are', async ({ page }) => {
  const { course, lessons } = await newLearner(page);

  await page.goto(`/learn/${course}`);
  await expect(heading(page, 'Seeds')).toBeVisible();
  await expect(page).toHaveURL(`/learn/${course}/${lessons[0]}`);
  await expect(page).toHaveTitle(/^Seeds · Botany/);
  await expect(page.getByText('Paragraph 60 of the text.')).toBeVisible();

  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('A quarter of this course is done.')).toBeVisible();
  await expect(page.getByText('1 of 4 lessons')).toBeVisible();

  await page.keyboard.press('j');
  await expect(heading(page, 'Roots')).toBeFocused();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeInViewport();
  await page.keyboard.press('ArrowLeft');
  await expect(heading(page, 'Seeds')).toBeFocused();

  await page.goto(`/learn/${course}`);
  await expect(heading(page, 'Roots')).toBeVisible();

  await page.goto('/dashboard');
  await expect(page.getByText('25%')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Continue “Roots”' })).toBeVisible();
});

test('whoever completes every lesson is told that the course is finished', async ({ page }) => {
  const { course, lessons } = await newLearner(page);

  for (const lesson of lessons) {
    await page.goto(`/learn/${course}/${lesson}`);
    await page.getByRole('button', { name: 'Mark as completed' }).click();
    await expect(page.getByRole('button', { name: 'Mark as not completed' })).toBeVisible();
  }

  await expect(page.getByRole('heading', { name: /You have finished “Botany/ })).toBeVisible();
  await page.getByRole('link', { name: 'My learning' }).last().click();
  await expect(page.getByRole('heading', { level: 2, name: 'Finished' })).toBeVisible();
});

test('a mark made offline arrives once one is back', async ({ page, context, complaints }) => {
  const { course, lessons } = await newLearner(page);
  await page.goto(`/learn/${course}/${lessons[1]}`);
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await page.keyboard.press('k');
  await expect(heading(page, 'Seeds')).toBeVisible();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();

  await context.setOffline(true);
  await page.keyboard.press('j');
  await expect(page.getByText('You are offline.')).toBeVisible();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('Kept on this device')).toBeVisible();
  await expect(page.getByText('1 of 4 lessons')).toBeVisible();
  await page.keyboard.press('j');
  await expect(page.getByText('This lesson is not on this device.')).toBeVisible();

  const marked = page.waitForResponse(
    answer => answer.url().endsWith('/api/progress/') && answer.request().method() === 'POST',
  );
  await context.setOffline(false);
  expect((await marked).status()).toBe(200);
  await expect(page.getByText('You are offline.')).toBeHidden();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect(page.getByText('A quarter of this course is done.')).toBeVisible();

  await page.reload();
  await expect(page.getByText('1 of 4 lessons')).toBeVisible();
  expect(complaints.filter(text => !text.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
  complaints.length = 0;
});

test('signing out in another tab leaves nothing of one’s learning on the device', async ({
  page,
  context,
}) => {
  const { course } = await newLearner(page);
  await page.goto(`/learn/${course}`);
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect.poll(() => kept(page, 'lessons')).toBe(1);
  await expect.poll(() => kept(page, 'courses')).toBe(1);

  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(heading(other, 'My learning')).toBeVisible();
  await page.goto('/courses');
  await openMenu(other);
  await other.getByRole('button', { name: /^eve-/ }).click();
  await other.getByRole('button', { name: 'Sign out' }).click();

  await expect.poll(() => kept(page, 'lessons')).toBe(0);
  await expect.poll(() => kept(page, 'courses')).toBe(0);
});

test('one goes on where one left off in a lesson', async ({ page }) => {
  const { course, lessons } = await newLearner(page);
  await page.goto(`/learn/${course}/${lessons[1]}`);
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await page.getByText('Paragraph 30 of the text.').scrollIntoViewIfNeeded();
  await expect.poll(() => kept(page, 'places')).toBe(1);
  await page.goto('/courses');

  await page.goto(`/learn/${course}/${lessons[1]}`);
  await expect(page.getByText('You are where you left off.')).toBeVisible();
  await expect(page.getByText('Paragraph 30 of the text.')).toBeInViewport();
  await page.getByRole('button', { name: 'Start at the top' }).click();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeInViewport();
});

test('a visitor reads a preview, and learns how to enrol for the rest', async ({ page }) => {
  const { course, lessons } = await makeCourse(page);

  await page.goto(`/learn/${course}`);
  await expect(heading(page, 'Seeds')).toBeVisible();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark as completed' })).toBeHidden();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByText('This lesson is for those who take the course')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Sign in' }).last()).toHaveAttribute(
    'href',
    `/login?next=%2Flearn%2F${course}%2F${lessons[1]}`,
  );
  await page.getByRole('link', { name: 'Enrol in the course' }).click();
  await expect(page).toHaveURL(`/courses/${course}`);
});

test('a video is framed when one wants it, and in a sandbox', async ({ page }) => {
  const asked: string[] = [];
  await page.route('https://player.vimeo.com/**', route => {
    asked.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: 'The player' });
  });
  const { course } = await makeCourse(page);
  await page.goto(`/learn/${course}`);
  const play = page.getByRole('button', { name: 'Play the video' });
  await expect(play).toBeVisible();
  expect(asked).toEqual([]);

  await play.click();
  const frame = page.locator('iframe');
  await expect(frame).toHaveAttribute('sandbox', 'allow-scripts allow-same-origin');
  await expect(frame).toHaveAttribute('title', 'Video of the lesson “Seeds”');
  await expect(frame.contentFrame().getByText('The player')).toBeVisible();
  expect(asked).toEqual(['https://player.vimeo.com/video/1']);
});

test('quiet mode leaves the text alone on the page, and stays on the device', async ({ page }) => {
  const { course } = await makeCourse(page);
  await page.goto(`/learn/${course}`);
  await page.getByRole('button', { name: 'Quiet mode' }).click();

  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Lessons', exact: true })).toBeHidden();
  await page.reload();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect(page.getByRole('banner')).toBeHidden();

  await page.getByRole('button', { name: 'Quiet mode' }).click();
  await expect(page.getByRole('banner')).toBeVisible();
});

/** Counts what one store of this device holds. */
function kept(page: Page, store: string): Promise<number> {
  return page.evaluate(
    name =>
      new Promise<number>((resolve, reject) => {
        const opening = indexedDB.open('lms.learn');
        opening.onerror = () => reject(new Error('There is no such store.'));
        opening.onsuccess = () => {
          const shelf = opening.result;
          const counting = shelf.transaction(name).objectStore(name).count();
          counting.onsuccess = () => resolve(counting.result);
          shelf.close();
        };
      }),
    store,
  );
}
