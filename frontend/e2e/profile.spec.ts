import { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';

import { PASSWORD, expect, openMenu, register, signIn, test } from './product';

const NEW_PASSWORD = 'another horse battery';
// The smallest PNG: one pixel.
const PICTURE =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

async function openProfile(page: Page): Promise<string> {
  const username = await register(page);
  await page.goto('/profile');
  await expect(page.getByRole('heading', { level: 2, name: username })).toBeVisible();
  return username;
}

async function signOut(page: Page, username: string): Promise<void> {
  await openMenu(page);
  await page.getByRole('button', { name: username }).click();
  await page.getByRole('banner').getByRole('button', { name: 'Sign out' }).click();
  await expect(page).toHaveURL('/');
}

async function tryToSignIn(page: Page, username: string, password: string): Promise<void> {
  await page.goto('/login');
  await page.getByLabel('Username or email').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('profile details are saved', async ({ page }) => {
  await openProfile(page);
  await page.getByLabel('About you').fill('I count.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('About you')).toHaveValue('I count.');
});

test.describe('rejected input', () => {
  test.use({ allowed: [/status of (400|401)/] });

  test('an invalid picture shows an error; a valid one is shown and can be removed', async ({
    page,
  }) => {
    await openProfile(page);
    const box = page.locator('input[type=file]');
    await box.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
    await expect(page.getByRole('alert')).toHaveText(
      'Upload a complete PNG, JPEG or WebP picture.',
    );

    const buffer = Buffer.from(PICTURE, 'base64');
    await box.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer });
    const picture = page.getByRole('img', { name: 'Your picture' });
    await expect(picture).toBeVisible();
    await expect(page.getByRole('alert')).toBeHidden();
    await page.reload();
    await expect(picture).toHaveJSProperty('complete', true);
    expect(await picture.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBeGreaterThan(0);

    await page.getByRole('button', { name: 'Remove picture' }).click();
    await expect(picture).toBeHidden();
  });

  test('after a password change only the new password works', async ({ page }) => {
    const username = await openProfile(page);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByLabel('Current password').fill('not my password');
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel('Confirm new password').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByLabel('Current password')).toBeFocused();
    await expect(page.locator('mat-error')).toHaveCount(1);

    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('Your password was changed.')).toBeVisible();
    await signOut(page, username);
    await tryToSignIn(page, username, PASSWORD);
    await expect(page.getByRole('alert')).toBeVisible();
    await signIn(page, username, NEW_PASSWORD);
  });

  test('an account is deleted after typing its name and can no longer sign in', async ({
    page,
  }) => {
    const username = await openProfile(page);
    await page.getByRole('button', { name: 'Delete my account' }).click();
    const dialog = page.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Delete my account' });
    await expect(agree).toBeDisabled();
    await dialog.getByLabel(`Type ${username} to confirm`).fill(username);
    await agree.click();
    await expect(page).toHaveURL('/');
    await expect(page.getByText('Your account has been deleted.')).toBeVisible();

    await tryToSignIn(page, username, PASSWORD);
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page).toHaveURL(/\/login/);
  });
});

test('another device can be signed out', async ({ page }) => {
  const username = await openProfile(page);
  const login = await page.request.post('/api/auth/login/', {
    headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' },
    data: { username, password: PASSWORD },
  });
  const { access } = (await login.json()) as { access: string };
  const requestUser = () =>
    page.request.get('/api/auth/user/', { headers: { Authorization: `Bearer ${access}` } });
  expect((await requestUser()).status()).toBe(200);

  await page.reload();
  const device = page.getByRole('listitem').filter({ hasText: 'Firefox, Linux' });
  await device.getByRole('button', { name: 'Sign out' }).click();
  await expect(device).toBeHidden();
  expect((await requestUser()).status()).toBe(401);
  await expect(page.getByText('This device', { exact: true })).toBeVisible();
});

test('the site switches to Spanish and back to English', async ({ page }) => {
  await openProfile(page);
  await page.getByRole('main').getByRole('link', { name: 'Español' }).click();
  await expect(page).toHaveURL('/es/profile');
  await expect(page.getByRole('heading', { level: 1, name: 'Perfil' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');

  await page.getByRole('main').getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
});

test('the theme and the email language are saved', async ({ page }) => {
  await openProfile(page);
  await page.getByRole('main').getByRole('radio', { name: 'Dark' }).check();
  await page.getByLabel('Language of emails and notifications').selectOption('es');
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByLabel('Language of emails and notifications')).toHaveValue('es');
});

test('the data download contains the account', async ({ page }) => {
  const username = await openProfile(page);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Download my data' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe(`${username}.json`);
  const data = await readFile(await download.path(), 'utf8');
  expect(() => JSON.parse(data) as unknown).not.toThrow();
  expect(data).toContain(`${username}@example.org`);
});
