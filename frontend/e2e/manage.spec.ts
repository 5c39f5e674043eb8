import { Browser, Page } from '@playwright/test';

import { linkMailedTo } from './mails';
import { expect, openMenu, register, signIn, signInThroughApi, test } from './product';

/** Opens a second browser with the demo admin signed in. */
async function openAdminBrowser(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInThroughApi(page, 'demo-admin');
  return page;
}

async function confirm(page: Page, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: action }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Saved.')).toBeVisible();
}

test('an instructor request is approved, the studio opens, and the role is removed again', async ({
  page,
  browser,
}) => {
  test.slow();
  const username = await register(page);
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Request instructor role' }).click();
  await expect(page.getByText('awaiting review')).toBeVisible();

  const admin = await openAdminBrowser(browser);
  await admin.goto('/manage/users');
  await admin.getByLabel('Instructor requests').selectOption({ index: 1 });
  await admin.getByLabel('Search by name or email').fill(username);
  await expect(admin).toHaveURL(new RegExp(`instructor_requested=true&search=${username}`));
  const row = admin.locator('main li').filter({ hasText: username });
  await expect(row).toContainText('Instructor request');
  await row.getByRole('button', { name: 'Approve' }).click();
  await confirm(admin, 'Make instructor');
  await expect(admin.getByText('No users found.')).toBeVisible();

  await openMenu(page);
  await page.getByRole('banner').getByRole('link', { name: 'Notifications' }).click();
  await page.getByRole('link', { name: 'You are now an instructor' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Studio' })).toBeVisible();

  await admin.goto(`/manage/users?search=${username}`);
  await expect(row).toContainText('Instructor');
  await row.getByText('Actions').click();
  await row.getByRole('button', { name: 'Remove instructor role' }).click();
  await confirm(admin, 'Remove role');
  await expect(row).not.toContainText('Instructor');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Access denied' })).toBeVisible();
  await openMenu(page);
  await expect(page.getByRole('link', { name: 'Studio', exact: true })).toBeHidden();
});

test.describe('a deactivated user', () => {
  test.use({ allowed: [/status of 401/] });

  test('is signed out and cannot sign in until reactivated', async ({ page, browser }) => {
    const username = await register(page);
    const admin = await openAdminBrowser(browser);
    await admin.goto(`/manage/users?search=${username}`);
    const row = admin.locator('main li').filter({ hasText: username });
    await row.getByText('Actions').click();
    await row.getByRole('button', { name: 'Deactivate account' }).click();
    await confirm(admin, 'Deactivate account');
    await expect(row).toContainText('Deactivated');

    await page.goto('/profile');
    await expect(page).toHaveURL(/\/login\?next=%2Fprofile/);
    await page.getByLabel('Username or email').fill(username);
    await page.getByLabel('Password', { exact: true }).fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();

    await row.getByRole('button', { name: 'Reactivate account' }).click();
    await confirm(admin, 'Reactivate account');
    await expect(row).not.toContainText('Deactivated');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
  });
});

test('an invited user sets a password through the emailed link', async ({ page, browser }) => {
  const admin = await openAdminBrowser(browser);
  const username = `invited-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  await admin.goto('/manage/users');
  await admin.getByRole('button', { name: 'Invite user' }).click();
  await admin.getByLabel('Username').fill(username);
  await admin.getByLabel('Email', { exact: true }).fill(`${username}@example.org`);
  await admin.getByLabel('Make this user an instructor').check();
  await admin.getByRole('button', { name: 'Send invitation' }).click();
  await expect(admin.getByText(`Invitation sent to ${username}.`)).toBeVisible();

  await page.goto(await linkMailedTo(`${username}@example.org`, '/reset'));
  await page.getByLabel('New password', { exact: true }).fill('a battery of horses');
  await page.getByLabel('Confirm new password').fill('a battery of horses');
  await page.getByRole('button', { name: 'Set password' }).click();
  await expect(page.getByText('Your password has been changed.')).toBeVisible();
  await signIn(page, username, 'a battery of horses');
  await openMenu(page);
  await expect(page.getByRole('link', { name: 'Studio', exact: true })).toBeVisible();
});

test.describe('categories', () => {
  test.use({ allowed: [/status of 400/] });

  test('can be added, renamed, and deleted, and need unique names', async ({ page }) => {
    const name = `Craft ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
    await signInThroughApi(page, 'demo-admin');
    await page.goto('/manage/categories');
    await page.getByRole('button', { name: 'Add category' }).click();
    await page.getByLabel('Name').fill('SCIENCE');
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.locator('mat-error')).toBeVisible();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Description').fill('What hands make.');
    await page.getByRole('button', { name: 'Save' }).click();
    const row = page.locator('main li').filter({ hasText: name });
    await expect(row).toContainText('What hands make.');

    await row.getByRole('button', { name: 'Edit' }).click();
    await page.getByLabel('Name').fill(`${name}, by hand`);
    await page.getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('heading', { level: 2, name: `${name}, by hand` })).toBeVisible();

    await row.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('button', { name: 'Delete category' }).click();
    await expect(row).toBeHidden();
    await page.reload();
    await expect(page.getByRole('heading', { level: 2, name: 'Science' })).toBeVisible();
    await expect(row).toBeHidden();
  });
});

for (const person of ['demo-student', 'demo-instructor'] as const) {
  test(`${person} has no access`, async ({ page }) => {
    await signInThroughApi(page, person);
    for (const path of ['users', 'categories', 'figures']) {
      await page.goto(`/manage/${path}`);
      await expect(page.getByRole('heading', { name: 'Access denied' })).toBeVisible();
    }
  });
}

test('a visitor is asked to sign in first', async ({ page }) => {
  await page.goto('/manage/users?role=admin');
  await expect(page).toHaveURL('/login?next=%2Fmanage%2Fusers%3Frole%3Dadmin');
});
