import { Page } from '@playwright/test';

import { enrol, makeCourse } from './courses';
import { expect, register, test } from './product';

test.use({ allowed: [/status of 50\d|ERR_FAILED/] });

/** Lets the server fail at these addresses; the function that is returned mends it. */
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
  test(`${name}: a failure is told with its request, and one may try again`, async ({ page }) => {
    await register(page);
    const mend = await fail(page, url);

    await page.goto(path);
    const alert = page.locator('main').getByRole('alert').first();
    await expect(alert).toContainText('Something went wrong here.');
    await expect(alert).toContainText('f00dfeed');

    await mend();
    await alert.getByRole('button', { name: 'Try again' }).click();
    await expect(page.locator('main').getByRole('alert')).toHaveCount(0);
    await expect(page.locator('lms-skeleton')).toHaveCount(0);
  });
}

test('a slow server is waited for in a page that does not move', async ({ page }) => {
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

test('an enrolment that fails is told, and can be done when the server is back', async ({
  page,
}) => {
  const { id } = await makeCourse(page);
  await register(page);
  const mend = await fail(page, /\/api\/enrollments\/$/, 503);
  await page.goto(`/courses/${id}`);

  const button = page.getByRole('button', { name: 'Enrol' }).first();
  await button.click();
  await expect(page.getByText('f00dfeed')).toBeVisible();
  await expect(button).toBeEnabled();
  await mend();
  await button.click();
  await expect(page).toHaveURL(/\/learn\//);
});

test('a mark that the server refuses is taken back, and told', async ({ page }) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);
  await page.goto(`/learn/${course.id}/${course.lessons[0]}`);
  const mend = await fail(page, /\/api\/progress\/$/);

  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('f00dfeed')).toBeVisible();
  await expect(page.getByText('0 of 2 lessons')).toBeVisible();
  await mend();
  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('1 of 2 lessons')).toBeVisible();
});

test.describe('a course that is not there', () => {
  test.use({ allowed: [/404/] });

  test('is said to be missing, with a way back', async ({ page }) => {
    await page.goto('/courses/nothing-there');
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('There is no such course');
    await page.getByRole('link', { name: 'Find a course' }).click();
    await expect(page).toHaveURL(/\/courses$/);
  });
});
