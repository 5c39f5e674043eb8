import { Page } from '@playwright/test';

import { createCourse, enroll } from './courses';
import { expect, register, test } from './product';

test.use({ allowed: [/status of 50\d|ERR_FAILED/] });

/** Makes the server fail at these URLs; the returned function restores it. */
async function fail(page: Page, url: RegExp, status = 500): Promise<() => Promise<void>> {
  await page.route(url, route =>
    route.fulfill({
      status,
      headers: { 'X-Request-ID': 'f00dfeed' },
      json: { detail: 'Something went wrong here.', code: 'server_error', request_id: 'f00dfeed' },
    }),
  );
  return () => page.unroute(url);
}

const PAGES = [
  { name: 'courses', path: '/courses', url: /\/api\/courses\// },
  { name: 'my learning', path: '/dashboard', url: /\/api\/dashboard\// },
  { name: 'notifications', path: '/notifications', url: /\/api\/notifications\/(\?|$)/ },
  { name: 'sessions', path: '/profile', url: /\/api\/auth\/sessions\// },
];

for (const { name, path, url } of PAGES) {
  test(`${name}: an error shows its request ID and can be retried`, async ({ page }) => {
    await register(page);
    const restore = await fail(page, url);

    await page.goto(path);
    const alert = page.locator('main').getByRole('alert').first();
    await expect(alert).toContainText('Something went wrong here.');
    await expect(alert).toContainText('f00dfeed');

    await restore();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('main').getByRole('alert')).toHaveCount(0);
    await expect(page.locator('lms-skeleton')).toHaveCount(0);
  });
}

test('the layout does not shift while waiting for a slow server', async ({ page }) => {
  await page.route(/\/api\/courses\//, async route => {
    await new Promise(resolve => setTimeout(resolve, 2_500));
    await route.continue();
  });
  await page.goto('/courses');

  const skeleton = page.locator('lms-skeleton').first();
  await expect(skeleton).toBeVisible();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(skeleton).toBeHidden();
  await expect(page.locator('lms-course-card').first()).toBeVisible();
});

test('a failed enrollment is reported and can be retried', async ({ page }) => {
  const { id } = await createCourse(page);
  await register(page);
  const restore = await fail(page, /\/api\/enrollments\/$/, 503);
  await page.goto(`/courses/${id}`);

  const button = page.getByRole('button', { name: 'Enroll' }).first();
  await button.click();
  await expect(page.getByText('f00dfeed')).toBeVisible();
  await expect(button).toBeEnabled();
  await restore();
  await button.click();
  await expect(page).toHaveURL(/\/learn\//);
});

test('a rejected completion is reverted and reported', async ({ page }) => {
  const course = await createCourse(page);
  await register(page);
  await enroll(page, course.id);
  await page.goto(`/learn/${course.id}/${course.lessons[0]}`);
  const restore = await fail(page, /\/api\/progress\/$/);

  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('f00dfeed')).toBeVisible();
  await expect(page.getByText('0 of 2 lessons')).toBeVisible();
  await restore();
  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('1 of 2 lessons')).toBeVisible();
});

test.describe('a missing course', () => {
  test.use({ allowed: [/404/] });

  test('shows an error and a link back', async ({ page }) => {
    await page.goto('/courses/nothing-there');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Course not found');
    await page.getByRole('link', { name: 'Find a course' }).click();
    await expect(page).toHaveURL(/\/courses$/);
  });
});
