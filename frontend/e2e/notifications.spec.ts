import { Page } from '@playwright/test';

import { createCourse, enroll } from './courses';
import { expect, openMenu, register, test } from './product';

/** The notifications link of the header. */
async function bell(page: Page) {
  await openMenu(page);
  return page.getByRole('banner').getByRole('link', { name: /^Notifications/ });
}

test('an enrollment creates a notification that can be marked as read', async ({ page }) => {
  const first = await createCourse(page);
  const second = await createCourse(page);
  await register(page);
  await page.goto(`/courses/${first.id}`);
  await page.getByRole('button', { name: 'Enroll' }).click();
  await expect(page).toHaveURL(/\/learn\//);
  await expect(await bell(page)).toHaveText(/1/);

  await enroll(page, second.id);
  await page.goto('/notifications');
  await expect(await bell(page)).toHaveText(/2/);
  const rows = page.locator('main li');
  await expect(rows).toHaveCount(2);
  await expect(rows.first()).toContainText(second.title);
  await rows.first().getByRole('button', { name: 'Mark as read' }).click();
  await expect(await bell(page)).toHaveText(/1/);

  await page.getByRole('main').getByRole('link', { name: 'Unread' }).click();
  await expect(page).toHaveURL(/show=unread/);
  await expect(rows).toHaveCount(1);
  await expect(rows).toContainText(first.title);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(rows.getByText('New')).toBeHidden();
  await expect(await bell(page)).not.toHaveText(/\d/);
  await page.reload();
  await expect(
    page.locator('lms-empty-state', { hasText: 'No unread notifications' }),
  ).toBeVisible();

  await page.getByRole('link', { name: 'Show all notifications' }).click();
  await rows.filter({ hasText: first.title }).getByRole('button', { name: 'Delete' }).click();
  await expect(rows).toHaveCount(1);
  await page.reload();
  await expect(rows).toHaveCount(1);
  await rows.getByRole('link').click();
  await expect(page).toHaveURL(new RegExp(`/learn/${second.id}`));
});

test('new notifications are announced and shown on request', async ({ page }) => {
  const course = await createCourse(page);
  await register(page);
  await page.goto('/notifications');
  await expect(page.getByText('No notifications yet')).toBeVisible();

  await enroll(page, course.id);
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await page.getByRole('button', { name: 'Show 1 new' }).click();
  await expect(page.getByRole('main').getByRole('link', { name: course.title })).toBeFocused();
});

test('preferences are saved, and disabled kinds are not counted', async ({ page }) => {
  const course = await createCourse(page);
  await register(page);
  await page.goto('/notifications');
  await page.getByRole('link', { name: 'Notification settings' }).click();
  const here = page.getByRole('checkbox', { name: 'You are enrolled in a course: On this site' });
  const mail = page.getByRole('checkbox', { name: 'You pass a quiz: By email' });
  for (const box of [here, mail]) {
    await expect(box).toBeChecked();
    await box.uncheck();
    await expect(page.getByText('Saved.')).toBeVisible();
  }
  await page.reload();
  await expect(here).not.toBeChecked();
  await expect(mail).not.toBeChecked();
  await expect(
    page.getByRole('checkbox', { name: 'You are enrolled in a course: By email' }),
  ).toBeChecked();

  await enroll(page, course.id);
  await page.goto('/notifications');
  await expect(page.getByText('No notifications yet')).toBeVisible();
});
