import { linkMailedTo } from './mails';
import { DEMO_PASSWORD, expect, register, signIn, test } from './product';

const NEW_PASSWORD = 'another horse battery';

test.describe('where something is refused', () => {
  test.use({ allowed: [/status of (400|401|404)/] });

  test('registering says at each field what is wrong with it', async ({ page }) => {
    await page.goto('/register');
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(page.locator('mat-error')).toHaveCount(4);
    await expect(page.getByLabel('Username')).toBeFocused();

    await page.getByLabel('Username').fill('DEMO-student');
    await page.getByLabel('E-mail').fill('demo-student@students.example');
    await page.getByLabel('Password', { exact: true }).fill('1234567890');
    await page.getByLabel('Password once more').fill('1234567890');
    await page.getByRole('button', { name: 'Register' }).click();
    for (const label of ['Username', 'E-mail', 'Password']) {
      const field = page
        .locator('mat-form-field')
        .filter({ has: page.getByLabel(label, { exact: true }) });
      await expect(field.locator('mat-error')).toBeVisible();
      await expect(page.getByLabel(label, { exact: true })).toHaveAttribute('aria-invalid', 'true');
    }
    await expect(page.getByLabel('Username')).toBeFocused();
    await expect(page).toHaveURL('/register');
  });

  test('a forgotten password is set anew by the mail’s link, once', async ({ page, context }) => {
    const username = await register(page);
    await context.clearCookies();
    await page.goto('/login');
    await page.evaluate(() => localStorage.clear());
    await page.goto('/login');
    await page.getByRole('link', { name: 'I forgot my password' }).click();
    await expect(page.getByRole('heading', { name: 'Reset your password' })).toBeVisible();
    await page.getByLabel('E-mail').fill(`${username}@example.org`);
    await page.getByRole('button', { name: 'Send me a link' }).click();
    await expect(page.getByText('a mail with a link is on its way')).toBeVisible();

    const link = await linkMailedTo(`${username}@example.org`, '/reset');
    const opened = await context.newPage();
    const setPassword = async () => {
      await opened.goto(link);
      await expect(opened).toHaveURL('/reset');
      await opened.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
      await opened.getByLabel('New password once more').fill(NEW_PASSWORD);
      await opened.getByRole('button', { name: 'Set the password' }).click();
    };
    await setPassword();
    await expect(opened.getByText('Your new password is set.')).toBeVisible();
    await signIn(opened, username, NEW_PASSWORD);

    await setPassword();
    await expect(opened.getByRole('alert')).toBeVisible();
    await opened.getByRole('link', { name: 'Ask for a new link' }).click();
    await expect(opened.getByRole('heading', { name: 'Reset your password' })).toBeVisible();
  });

  test('a link that is not one of ours confirms nothing', async ({ page }) => {
    await page.goto('/verify#key=nonsense');
    await expect(page.getByRole('alert')).toContainText('Your address could not be confirmed.');
  });
});

test('an address is confirmed by the mail’s link', async ({ page }) => {
  const username = await register(page);
  await page.goto('/profile');
  await expect(page.getByText('Not confirmed')).toBeVisible();

  await page.goto(await linkMailedTo(`${username}@example.org`, '/verify'));
  await expect(page.getByText('Your address is confirmed.')).toBeVisible();
  await expect(page).toHaveURL('/verify');
  await page.goto('/profile');
  await expect(page.getByText('Confirmed', { exact: true })).toBeVisible();
});

for (const [next, path] of [
  ['/courses?free=true', '/courses?free=true'],
  ['//evil.example/', '/dashboard'],
  ['https://evil.example/', '/dashboard'],
  ['/\\evil.example', '/dashboard'],
] as const) {
  test(`signing in with next=${next} leads to ${path}`, async ({ page }) => {
    await page.goto(`/login?next=${encodeURIComponent(next)}`);
    await page.getByLabel('Username or e-mail').fill('demo-student');
    await page.getByLabel('Password').fill(DEMO_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(path);
  });
}
