import { Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';

import { PASSWORD, expect, openMenu, register, signIn, test } from './product';

const NEW_PASSWORD = 'another horse battery';
// The least PNG: one pixel.
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
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('one says who one is, and it is kept', async ({ page }) => {
  await openProfile(page);
  await page.getByLabel('About you').fill('I count.');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.getByLabel('About you')).toHaveValue('I count.');
});

test.describe('where something is refused', () => {
  test.use({ allowed: [/status of (400|401)/] });

  test('a bad picture is refused beside it, a good one is seen, and removed', async ({ page }) => {
    await openProfile(page);
    const box = page.locator('input[type=file]');
    await box.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
    await expect(page.getByRole('alert')).toHaveText('Give a whole PNG, JPEG or WebP picture.');

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

  test('a password is changed, and only the new one signs in', async ({ page }) => {
    const username = await openProfile(page);
    await page.getByRole('button', { name: 'Change password' }).click();
    await page.getByLabel('Current password').fill('not my password');
    await page.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
    await page.getByLabel('New password once more').fill(NEW_PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByLabel('Current password')).toBeFocused();
    await expect(page.locator('mat-error')).toHaveCount(1);

    await page.getByLabel('Current password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Change password' }).click();
    await expect(page.getByText('Your password is changed.')).toBeVisible();
    await signOut(page, username);
    await tryToSignIn(page, username, PASSWORD);
    await expect(page.getByRole('alert')).toBeVisible();
    await signIn(page, username, NEW_PASSWORD);
  });

  test('an account is erased when one types one’s name, and signs in no more', async ({ page }) => {
    const username = await openProfile(page);
    await page.getByRole('button', { name: 'Erase my account' }).click();
    const dialog = page.getByRole('dialog');
    const agree = dialog.getByRole('button', { name: 'Erase my account' });
    await expect(agree).toBeDisabled();
    await dialog.getByLabel(`Type ${username} to go on`).fill(username);
    await agree.click();
    await expect(page).toHaveURL('/');
    await expect(page.getByText('Your account is erased.')).toBeVisible();

    await tryToSignIn(page, username, PASSWORD);
    await expect(page.getByRole('alert')).toBeVisible();
    await expect(page).toHaveURL(/\/login/);
  });
});

test('another device is signed out from here', async ({ page }) => {
  const username = await openProfile(page);
  const login = await page.request.post('/api/auth/login/', {
    headers: { 'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Firefox/140.0' },
    data: { username, password: PASSWORD },
  });
  const { access } = (await login.json()) as { access: string };
  const asks = () =>
    page.request.get('/api/auth/user/', { headers: { Authorization: `Bearer ${access}` } });
  expect((await asks()).status()).toBe(200);

  await page.reload();
  const device = page.getByRole('listitem').filter({ hasText: 'Firefox, Linux' });
  await device.getByRole('button', { name: 'Sign out' }).click();
  await expect(device).toBeHidden();
  expect((await asks()).status()).toBe(401);
  await expect(page.getByText('This device', { exact: true })).toBeVisible();
});

test('the site speaks Spanish, and English again', async ({ page }) => {
  await openProfile(page);
  await page.getByRole('main').getByRole('link', { name: 'Español' }).click();
  await expect(page).toHaveURL('/es/profile');
  await expect(page.getByRole('heading', { level: 1, name: 'Perfil' })).toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('lang', 'es');

  await page.getByRole('main').getByRole('link', { name: 'English' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Profile' })).toBeVisible();
});

test('theme and the language of one’s mails are kept', async ({ page }) => {
  await openProfile(page);
  await page.getByRole('main').getByRole('radio', { name: 'Dark' }).check();
  await page.getByLabel('Language of your mails and notifications').selectOption('es');
  await expect(page.getByText('Saved.')).toBeVisible();

  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await expect(page.getByLabel('Language of your mails and notifications')).toHaveValue('es');
});

test('one’s data is downloaded, with the account in it', async ({ page }) => {
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
