import { Browser, Page } from '@playwright/test';

import { linkMailedTo } from './mails';
import { expect, openMenu, register, signIn, signInQuietly, test } from './product';

/** Opens a browser beside, in which the demo's admin is signed in. */
async function adminBeside(browser: Browser): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  await signInQuietly(page, 'demo-admin');
  return page;
}

async function agree(page: Page, action: string): Promise<void> {
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: action }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText('Saved.')).toBeVisible();
}

test('a request to teach is granted and the studio opens; the role is taken away again', async ({
  page,
  browser,
}) => {
  test.slow();
  const username = await register(page);
  await page.goto('/profile');
  await page.getByRole('button', { name: 'Ask to become an instructor' }).click();
  await expect(page.getByText('an admin will decide')).toBeVisible();

  const admin = await adminBeside(browser);
  await admin.goto('/manage/users');
  await admin.getByLabel('Asks to teach').selectOption({ index: 1 });
  await admin.getByLabel('Search by name or e-mail').fill(username);
  await expect(admin).toHaveURL(new RegExp(`instructor_requested=true&search=${username}`));
  const row = admin.locator('main li').filter({ hasText: username });
  await expect(row).toContainText('Asks to teach');
  await row.getByRole('button', { name: 'Grant' }).click();
  await agree(admin, 'Make an instructor');
  await expect(admin.getByText('Nobody matches.')).toBeVisible();

  await openMenu(page);
  await page.getByRole('banner').getByRole('link', { name: 'Notifications' }).click();
  await page.getByRole('link', { name: 'You may teach now' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Studio' })).toBeVisible();

  await admin.goto(`/manage/users?search=${username}`);
  await expect(row).toContainText('Instructor');
  await row.getByText('Change').click();
  await row.getByRole('button', { name: 'Take the instructor’s role away' }).click();
  await agree(admin, 'Take the role away');
  await expect(row).not.toContainText('Instructor');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'This is not for your account' })).toBeVisible();
  await openMenu(page);
  await expect(page.getByRole('link', { name: 'Studio', exact: true })).toBeHidden();
});

test.describe('who is locked', () => {
  test.use({ allowed: [/status of 401/] });

  test('is signed out, and cannot sign in until let in again', async ({ page, browser }) => {
    const username = await register(page);
    const admin = await adminBeside(browser);
    await admin.goto(`/manage/users?search=${username}`);
    const row = admin.locator('main li').filter({ hasText: username });
    await row.getByText('Change').click();
    await row.getByRole('button', { name: 'Lock the account' }).click();
    await agree(admin, 'Lock the account');
    await expect(row).toContainText('Locked');

    await page.goto('/profile');
    await expect(page).toHaveURL(/\/login\?next=%2Fprofile/);
    await page.getByLabel('Username or e-mail').fill(username);
    await page.getByLabel('Password').fill('correct horse battery');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('alert')).toBeVisible();

    await row.getByRole('button', { name: 'Let them in again' }).click();
    await agree(admin, 'Let them in');
    await expect(row).not.toContainText('Locked');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
  });
});

test('whoever is invited sets a password by the mail’s link', async ({ page, browser }) => {
  const admin = await adminBeside(browser);
  const username = `invited-${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
  await admin.goto('/manage/users');
  await admin.getByRole('button', { name: 'Invite somebody' }).click();
  await admin.getByLabel('Username').fill(username);
  await admin.getByLabel('E-mail', { exact: true }).fill(`${username}@example.org`);
  await admin.getByLabel('They may teach').check();
  await admin.getByRole('button', { name: 'Send the invitation' }).click();
  await expect(admin.getByText(`${username} is invited by mail.`)).toBeVisible();

  await page.goto(await linkMailedTo(`${username}@example.org`, '/reset'));
  await page.getByLabel('New password', { exact: true }).fill('a battery of horses');
  await page.getByLabel('New password once more').fill('a battery of horses');
  await page.getByRole('button', { name: 'Set the password' }).click();
  await expect(page.getByText('Your new password is set.')).toBeVisible();
  await signIn(page, username, 'a battery of horses');
  await openMenu(page);
  await expect(page.getByRole('link', { name: 'Studio', exact: true })).toBeVisible();
});

test.describe('categories', () => {
  test.use({ allowed: [/status of 400/] });

  test('are added, renamed and deleted; no two have one name', async ({ page }) => {
    const name = `Craft ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 6)}`;
    await signInQuietly(page, 'demo-admin');
    await page.goto('/manage/categories');
    await page.getByRole('button', { name: 'Add a category' }).click();
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
    await page.getByRole('button', { name: 'Delete the category' }).click();
    await expect(row).toBeHidden();
    await page.reload();
    await expect(page.getByRole('heading', { level: 2, name: 'Science' })).toBeVisible();
    await expect(row).toBeHidden();
  });
});

for (const person of ['demo-student', 'demo-instructor'] as const) {
  test(`${person} does not get in`, async ({ page }) => {
    await signInQuietly(page, person);
    for (const path of ['users', 'categories', 'figures']) {
      await page.goto(`/manage/${path}`);
      await expect(
        page.getByRole('heading', { name: 'This is not for your account' }),
      ).toBeVisible();
    }
  });
}

test('a visitor is asked to sign in first', async ({ page }) => {
  await page.goto('/manage/users?role=admin');
  await expect(page).toHaveURL('/login?next=%2Fmanage%2Fusers%3Frole%3Dadmin');
});
