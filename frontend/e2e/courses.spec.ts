import { makeCourse } from './courses';
import { api, expect, register, signInQuietly, test } from './product';

test('someone finds a course as they type, and the address keeps what they want', async ({
  page,
}) => {
  const course = await makeCourse(page);
  await page.goto('/courses');
  await page.getByLabel('Search courses').fill(course.title);
  await expect(page.getByRole('status').filter({ hasText: '1 course' })).toBeVisible();
  await expect(page).toHaveURL(/search=Test/);
  await expect(page.getByLabel('Search courses')).toBeFocused();

  await page.getByRole('combobox', { name: 'Price' }).selectOption('Not free');
  await expect(page.getByText('No course matches.')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('link', { name: course.title })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Search courses')).toHaveValue(course.title);
  await expect(page.getByRole('link', { name: course.title })).toBeVisible();
});

test('a catalogue of many pages is paged', async ({ page }) => {
  await page.goto('/courses?ordering=title');
  const first = page.getByRole('link', { name: 'A Small Book of Graphs' });
  await expect(first).toBeVisible();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText(/Page 2 of \d/)).toBeVisible();
  await expect(first).toBeHidden();
});

test.describe('a bad address', () => {
  test.use({ allowed: [/status of 400/] });

  test('of the catalogue says what is wrong and leads back', async ({ page }) => {
    await page.goto('/courses?category=nonsense');
    await expect(page.getByRole('alert')).toBeVisible();

    await page.getByRole('link', { name: 'Show all courses' }).click();
    await expect(page.getByRole('link', { name: /./ }).first()).toBeVisible();
    await expect(page).toHaveURL(/\/courses$/);
  });
});

test('a visitor is led to sign in and back, and then enrols and leaves', async ({ page }) => {
  const course = await makeCourse(page);
  await page.goto(`/courses/${course.id}`);
  await page.getByRole('link', { name: 'Enrol', exact: true }).click();
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByRole('link', { name: 'Register', exact: true }).last().click();
  await expect(page).toHaveURL(/\/register\?next=/);
  await register(page, page.getByRole('heading', { level: 1, name: course.title }));

  const enrol = page.getByRole('button', { name: 'Enrol', exact: true });
  await expect(enrol).toBeFocused();
  await enrol.click();
  await expect(page.getByRole('heading', { level: 1, name: 'First steps' })).toBeVisible();

  await page.goto(`/courses/${course.id}`);
  await expect(page.getByText('0 of 2 lessons')).toBeVisible();
  await page.getByRole('button', { name: 'Leave this course' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave the course' }).click();
  await expect(enrol).toBeVisible();
});

test('enrolling stays in reach, however far one reads', async ({ page }) => {
  const { results } = await api<{ results: { course: string }[] }>(
    page,
    '/api/lessons/?page_size=1',
  );
  await page.goto(`/courses/${results[0]?.course}`);
  const enrol = page.getByRole('link', { name: 'Enrol', exact: true });
  await expect(enrol).toBeInViewport({ ratio: 1 });

  await page.getByRole('heading', { name: 'Lessons' }).scrollIntoViewIfNeeded();
  await expect(enrol).toBeInViewport({ ratio: 1 });
  await page.getByRole('heading', { name: 'Who teaches' }).scrollIntoViewIfNeeded();
  await expect(enrol).toBeInViewport({ ratio: 1 });
});

test('a page that is turned is read from its beginning', async ({ page }) => {
  await page.goto('/courses');
  await page.getByRole('link', { name: 'Next' }).click();

  await expect(page.getByText(/Page 2 of \d/)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Courses' })).toBeFocused();
});

test('its instructor is led to the studio', async ({ page }) => {
  const course = await makeCourse(page);
  await signInQuietly(page, 'demo-instructor');
  await page.goto(`/courses/${course.id}`);

  await page.getByRole('link', { name: 'Edit it in the studio' }).click();
  await expect(page).toHaveURL(new RegExp(`/studio/courses/${course.id}`));
});
