import { enrol, makeCourse } from './courses';
import { appIsKept, expect, register, test } from './product';

test('someone learns: opens what is next, marks it, goes on by key, and sees how far they are', async ({
  page,
}) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);

  await page.goto(`/learn/${course.id}`);
  await expect(page.getByRole('heading', { level: 1, name: 'First steps' })).toBeVisible();
  await expect(page.getByText('Read this.')).toBeVisible();
  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByRole('button', { name: 'Completed' })).toBeVisible();
  await expect(page.getByText('50 per cent of the course are done.')).toBeVisible();

  await page.keyboard.press('j');
  await expect(page.getByRole('heading', { level: 1, name: 'Check yourself' })).toBeFocused();
  await expect(page.getByText('completed by passing its quizzes')).toBeVisible();
  await page.getByRole('link', { name: 'A quiz' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'A quiz' })).toBeVisible();

  await page.goto('/dashboard');
  await expect(page.getByText('1 of 2 lessons').first()).toBeVisible();
  await page.getByRole('link', { name: 'Continue' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Check yourself' })).toBeVisible();
});

test('a visitor reads previews, and is told how to read the rest', async ({ page }) => {
  const course = await makeCourse(page);
  await page.goto(`/learn/${course.id}/${course.lessons[1]}`);

  await expect(page.getByText('for those who take the course')).toBeVisible();
  await page.getByRole('link', { name: 'See the course and enrol' }).click();
  await expect(page.getByRole('heading', { level: 1, name: course.title })).toBeVisible();
});

test('quiet mode leaves only the text, also after a reload', async ({ page }) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);
  await page.goto(`/learn/${course.id}`);
  await page.getByRole('button', { name: 'Only the text' }).click();
  await expect(page.getByRole('banner')).toBeHidden();

  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'First steps' })).toBeVisible();
  await expect(page.getByRole('banner')).toBeHidden();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('banner')).toBeVisible();
});

test.describe('with the network away', () => {
  test.use({ allowed: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|504/], serviceWorkers: 'allow' });

  test('a lesson that was read can be read, and a mark goes out later', async ({
    page,
    context,
  }) => {
    const course = await makeCourse(page);
    await register(page);
    await enrol(page, course.id);
    await page.goto(`/learn/${course.id}/${course.lessons[0]}`);
    await expect(page.getByText('Read this.')).toBeVisible();
    await page.getByRole('link', { name: 'Next Check yourself' }).click();
    await expect(page.getByText('A quiz follows.')).toBeVisible();

    await appIsKept(page);
    await context.setOffline(true);
    await page.keyboard.press('k');
    await expect(page.getByText('as you last read it')).toBeVisible();
    await expect(page.getByText('Read this.')).toBeVisible();
    await page.getByRole('button', { name: 'Mark as completed' }).click();
    await expect(page.getByText('this is saved when you are back')).toBeVisible();

    await context.setOffline(false);
    await expect(page.getByText('What you marked while offline is saved.')).toBeVisible();
    await page.goto('/dashboard');
    await expect(page.getByText('1 of 2 lessons').first()).toBeVisible();
  });
});
