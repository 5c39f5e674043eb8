import { Page } from '@playwright/test';

import { asInstructor, createCourse, enroll } from './courses';
import { expect, openMenu, register, test } from './product';

const LONG = Array.from({ length: 60 }, (_, i) => `Paragraph ${i + 1} of the text.`).join('\n\n');
const LESSONS = ['Seeds', 'Roots', 'Leaves', 'Flowers'];

interface BotanyCourse {
  readonly course: string;
  readonly lessons: readonly string[];
}

/** A published course with four long lessons; the first is a preview with a video. */
async function createBotanyCourse(page: Page): Promise<BotanyCourse> {
  const send = await asInstructor(page);
  const title = `Botany ${Math.random().toString(36).slice(2, 8)}`;
  const { id: course } = await send('/api/courses/', { title });
  const lessons: string[] = [];
  for (const title of LESSONS) {
    const isFirst = lessons.length === 0;
    const video_url = isFirst ? 'https://player.vimeo.com/video/1' : '';
    const body = { course, title, content: LONG, is_preview: isFirst, video_url };
    lessons.push((await send('/api/lessons/', body)).id);
  }
  await send(`/api/courses/${course}/publish/`);
  return { course, lessons };
}

/** A new user, signed in and enrolled in such a course. */
async function registerBotanyStudent(page: Page): Promise<BotanyCourse & { username: string }> {
  const course = await createBotanyCourse(page);
  const username = await register(page);
  await enroll(page, course.course);
  return { ...course, username };
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name });

test('a new student completes a lesson, uses shortcuts, and sees their progress', async ({
  page,
}) => {
  const { course, lessons } = await registerBotanyStudent(page);

  await page.goto(`/learn/${course}`);
  await expect(heading(page, 'Seeds')).toBeVisible();
  await expect(page).toHaveURL(`/learn/${course}/${lessons[0]}`);
  await expect(page).toHaveTitle(/^Seeds · Botany/);
  await expect(page.getByText('Paragraph 60 of the text.')).toBeVisible();

  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('You completed a quarter of this course.')).toBeVisible();
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

test('completing every lesson shows that the course is completed', async ({ page }) => {
  const { course, lessons } = await registerBotanyStudent(page);

  for (const lesson of lessons) {
    await page.goto(`/learn/${course}/${lesson}`);
    await page.getByRole('button', { name: 'Mark as completed' }).click();
    await expect(page.getByRole('button', { name: 'Mark as not completed' })).toBeVisible();
  }

  await expect(page.getByRole('heading', { name: /You completed “Botany/ })).toBeVisible();
  await page.getByRole('link', { name: 'My learning' }).last().click();
  await expect(page.getByRole('heading', { level: 2, name: 'Completed courses' })).toBeVisible();
});

test.describe('without a network connection', () => {
  test.use({ allowed: [/ERR_INTERNET_DISCONNECTED/] });

  test('a lesson completed offline is synced after reconnecting', async ({ page, context }) => {
    const { course, lessons } = await registerBotanyStudent(page);
    await page.goto(`/learn/${course}/${lessons[1]}`);
    await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
    await page.keyboard.press('k');
    await expect(heading(page, 'Seeds')).toBeVisible();
    await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();

    await context.setOffline(true);
    await page.keyboard.press('j');
    await expect(page.getByText('You are viewing an offline copy.')).toBeVisible();
    await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
    await page.getByRole('button', { name: 'Mark as completed' }).click();
    await expect(page.getByText('Saved on this device')).toBeVisible();
    await expect(page.getByText('1 of 4 lessons')).toBeVisible();
    await page.keyboard.press('j');
    await expect(page.getByText('This lesson is not available offline.')).toBeVisible();

    const marked = page.waitForResponse(
      answer => answer.url().endsWith('/api/progress/') && answer.request().method() === 'POST',
    );
    await context.setOffline(false);
    expect((await marked).status()).toBe(200);
    await expect(page.getByText('You are viewing an offline copy.')).toBeHidden();
    await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
    await expect(page.getByText('You completed a quarter of this course.')).toBeVisible();

    await page.reload();
    await expect(page.getByText('1 of 4 lessons')).toBeVisible();
  });
});

test('signing out in another tab removes all learning data from the device', async ({
  page,
  context,
}) => {
  const { course, lessons, username } = await registerBotanyStudent(page);
  await page.goto(`/learn/${course}/${lessons[0]}`);
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await page.getByText('Paragraph 30 of the text.').scrollIntoViewIfNeeded();
  await expect.poll(() => positionIn(page, lessons[0])).not.toBeNull();
  await expect.poll(() => storedCount(page, 'lessons')).toBe(1);
  await expect.poll(() => storedCount(page, 'courses')).toBe(1);

  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(heading(other, 'My learning')).toBeVisible();
  await page.goto('/courses');
  await openMenu(other);
  await other.getByRole('button', { name: username }).click();
  await other.getByRole('button', { name: 'Sign out' }).click();

  await expect.poll(() => storedCount(page, 'lessons')).toBe(0);
  expect(await storedCount(page, 'courses')).toBe(0);
  expect(await positionIn(page, lessons[0])).toBeNull();
});

test('a lesson reopens where the student left off', async ({ page }) => {
  const { course, lessons } = await registerBotanyStudent(page);
  await page.goto(`/learn/${course}/${lessons[1]}`);
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await page.getByText('Paragraph 30 of the text.').scrollIntoViewIfNeeded();
  await expect.poll(() => positionIn(page, lessons[1])).not.toBeNull();
  await page.goto('/courses');

  await page.goto(`/learn/${course}/${lessons[1]}`);
  await expect(page.getByText('Resumed where you left off.')).toBeVisible();
  await expect(page.getByText('Paragraph 30 of the text.')).toBeInViewport();
  await page.getByRole('button', { name: 'Start from the top' }).click();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeInViewport();
});

test('a visitor reads a preview and learns how to enroll', async ({ page }) => {
  const { course, lessons } = await createBotanyCourse(page);

  await page.goto(`/learn/${course}`);
  await expect(heading(page, 'Seeds')).toBeVisible();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark as completed' })).toBeHidden();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page.getByText('Enroll to read this lesson')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Sign in' }).last()).toHaveAttribute(
    'href',
    `/login?next=%2Flearn%2F${course}%2F${lessons[1]}`,
  );
  await page.getByRole('link', { name: 'View course and enroll' }).click();
  await expect(page).toHaveURL(`/courses/${course}`);
});

test('a lesson with a quiz links to the quiz and cannot be marked as completed', async ({
  page,
}) => {
  const { id, lessons, quiz } = await createCourse(page);
  await register(page);
  await enroll(page, id);
  await page.goto(`/learn/${id}/${lessons[1]}`);

  await expect(page.getByText('Pass the quiz to complete this lesson.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Mark as completed' })).toBeHidden();
  await page.getByRole('link', { name: 'Take quiz “A quiz”' }).click();
  await expect(page).toHaveURL(`/quiz/${quiz}`);
  await expect(heading(page, 'A quiz')).toBeVisible();
});

test('a video loads only on request and in a sandbox', async ({ page }) => {
  const requestedUrls: string[] = [];
  await page.route('https://player.vimeo.com/**', route => {
    requestedUrls.push(route.request().url());
    return route.fulfill({ contentType: 'text/html', body: 'The player' });
  });
  const { course } = await createBotanyCourse(page);
  await page.goto(`/learn/${course}`);
  const play = page.getByRole('button', { name: 'Play the video' });
  await expect(play).toBeVisible();
  expect(requestedUrls).toEqual([]);

  await play.click();
  const frame = page.locator('iframe');
  await expect(frame).toHaveAttribute('sandbox', 'allow-scripts allow-same-origin');
  await expect(frame).toHaveAttribute('title', 'Video of the lesson “Seeds”');
  await expect(frame.contentFrame().getByText('The player')).toBeVisible();
  expect(requestedUrls).toEqual(['https://player.vimeo.com/video/1']);
});

test('focus mode shows only the text and is remembered on the device', async ({ page }) => {
  const { course } = await createBotanyCourse(page);
  await page.goto(`/learn/${course}`);
  await page.getByRole('button', { name: 'Focus mode' }).click();

  await expect(page.getByRole('banner')).toBeHidden();
  await expect(page.getByRole('navigation', { name: 'Lessons', exact: true })).toBeHidden();
  await page.reload();
  await expect(page.getByText('Paragraph 1 of the text.')).toBeVisible();
  await expect(page.getByRole('banner')).toBeHidden();

  await page.getByRole('button', { name: 'Focus mode' }).click();
  await expect(page.getByRole('banner')).toBeVisible();
});

/** Counts the entries of an object store on this device. */
function storedCount(page: Page, store: string): Promise<number> {
  return page.evaluate(async name => {
    const databases = await indexedDB.databases();
    if (!databases.some(database => database.name === 'lms.private')) return 0;
    return await new Promise<number>(resolve => {
      const opening = indexedDB.open('lms.private');
      // The database may be deleted meanwhile; opening must not create an empty one.
      opening.onupgradeneeded = () => opening.transaction?.abort();
      opening.onerror = () => resolve(0);
      opening.onsuccess = () => {
        const counting = opening.result.transaction(name).objectStore(name).count();
        counting.onsuccess = () => resolve(counting.result);
        opening.result.close();
      };
    });
  }, store);
}

/** Returns the stored reading position of a lesson. */
function positionIn(page: Page, lesson = ''): Promise<string | null> {
  return page.evaluate(id => localStorage.getItem(`lms.private.place.${id}`), lesson);
}
