import { createCourse } from './courses';
import { api, expect, register, signInThroughApi, test } from './product';

test('search finds a course while typing and keeps the query in the URL', async ({ page }) => {
  const course = await createCourse(page);
  await page.goto('/courses');
  await page.getByLabel('Search courses').fill(course.title);
  await expect(page.getByRole('status').filter({ hasText: '1 course' })).toBeVisible();
  await expect(page).toHaveURL(/search=Test/);
  await expect(page.getByLabel('Search courses')).toBeFocused();

  await page.getByRole('combobox', { name: 'Price' }).selectOption('Paid');
  await expect(page.getByText('No courses found.')).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('link', { name: course.title })).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('Search courses')).toHaveValue(course.title);
  await expect(page.getByRole('link', { name: course.title })).toBeVisible();
});

test('a long catalog is paginated', async ({ page }) => {
  await page.goto('/courses?ordering=title');
  const first = page.getByRole('link', { name: 'A Small Book of Graphs' });
  await expect(first).toBeVisible();

  await page.getByRole('link', { name: 'Next' }).click();
  await expect(page).toHaveURL(/page=2/);
  await expect(page.getByText(/Page 2 of \d/)).toBeVisible();
  await expect(first).toBeHidden();
});

test.describe('an invalid URL', () => {
  test.use({ allowed: [/status of 400/] });

  test('of the catalog shows an error and a link back', async ({ page }) => {
    await page.goto('/courses?category=nonsense');
    await expect(page.getByRole('alert')).toBeVisible();

    await page.getByRole('link', { name: 'Show all courses' }).click();
    await expect(page.getByRole('link', { name: /./ }).first()).toBeVisible();
    await expect(page).toHaveURL(/\/courses$/);
  });
});

test('a visitor is sent to sign in and back, then enrolls and leaves', async ({ page }) => {
  const course = await createCourse(page);
  await page.goto(`/courses/${course.id}`);
  await page.getByRole('link', { name: 'Enroll', exact: true }).click();
  await expect(page).toHaveURL(/\/login\?next=/);
  await page.getByRole('link', { name: 'Register', exact: true }).last().click();
  await expect(page).toHaveURL(/\/register\?next=/);
  await register(page, page.getByRole('heading', { level: 1, name: course.title }));

  const enrollButton = page.getByRole('button', { name: 'Enroll', exact: true });
  await expect(enrollButton).toBeFocused();
  await enrollButton.click();
  await expect(page.getByRole('heading', { level: 1, name: 'First steps' })).toBeVisible();

  await page.goto(`/courses/${course.id}`);
  await expect(page.getByText('0 of 2 lessons')).toBeVisible();
  await page.getByRole('button', { name: 'Leave course' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave course' }).click();
  await expect(enrollButton).toBeVisible();
});

test('the enroll button stays visible while scrolling', async ({ page }) => {
  const { results } = await api<{ results: { course: string }[] }>(
    page,
    '/api/lessons/?page_size=1',
  );
  await page.goto(`/courses/${results[0]?.course}`);
  const enrollButton = page.getByRole('link', { name: 'Enroll', exact: true });
  await expect(enrollButton).toBeInViewport({ ratio: 1 });

  await page.getByRole('heading', { name: 'Lessons' }).scrollIntoViewIfNeeded();
  await expect(enrollButton).toBeInViewport({ ratio: 1 });
  await page.getByRole('heading', { name: 'Instructor' }).scrollIntoViewIfNeeded();
  await expect(enrollButton).toBeInViewport({ ratio: 1 });
});

test('the next page is shown from the top', async ({ page }) => {
  await page.goto('/courses');
  await page.getByRole('link', { name: 'Next' }).click();

  await expect(page.getByText(/Page 2 of \d/)).toBeVisible();
  await expect(page.getByRole('heading', { level: 1, name: 'Courses' })).toBeFocused();
});

test('the instructor gets a link to the studio', async ({ page }) => {
  const course = await createCourse(page);
  await signInThroughApi(page, 'demo-instructor');
  await page.goto(`/courses/${course.id}`);

  await page.getByRole('link', { name: 'Edit in Studio' }).click();
  await expect(page).toHaveURL(new RegExp(`/studio/courses/${course.id}`));
});
