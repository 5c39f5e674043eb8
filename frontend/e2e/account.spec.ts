import { linkMailedTo } from './mails';
import { DEMO_PASSWORD, expect, register, signIn, test } from './product';

const NEW_PASSWORD = 'another horse battery';

test.describe('rejected input', () => {
  test.use({ allowed: [/status of (400|401|404)/] });

  test('registration shows an error at each invalid field', async ({ page }) => {
    await page.goto('/register');
    await page.getByRole('button', { name: 'Register' }).click();
    await expect(page.locator('mat-error')).toHaveCount(4);
    await expect(page.getByLabel('Username')).toBeFocused();

    await page.getByLabel('Username').fill('DEMO-student');
    await page.getByLabel('Email').fill('demo-student@students.example');
    await page.getByLabel('Password', { exact: true }).fill('1234567890');
    await page.getByLabel('Confirm password').fill('1234567890');
    await page.getByRole('button', { name: 'Register' }).click();
    for (const label of ['Username', 'Email', 'Password']) {
      const field = page
        .locator('mat-form-field')
        .filter({ has: page.getByLabel(label, { exact: true }) });
      await expect(field.locator('mat-error')).toBeVisible();
      await expect(page.getByLabel(label, { exact: true })).toHaveAttribute('aria-invalid', 'true');
    }
    await expect(page.getByLabel('Username')).toBeFocused();
    await expect(page).toHaveURL('/register');
  });

  test('a password reset link from an email works only once', async ({ page, context }) => {
    const username = await register(page);
    await context.clearCookies();
    await page.goto('/login');
    await page.evaluate(() => localStorage.clear());
    await page.goto('/login');
    await page.getByRole('link', { name: 'Forgot your password?' }).click();
    await expect(page.getByRole('heading', { name: 'Reset your password' })).toBeVisible();
    await page.getByLabel('Email').fill(`${username}@example.org`);
    await page.getByRole('button', { name: 'Send link' }).click();
    await expect(page.getByText('we have sent a link')).toBeVisible();

    const link = await linkMailedTo(`${username}@example.org`, '/reset');
    const opened = await context.newPage();
    const setPassword = async () => {
      await opened.goto(link);
      await expect(opened).toHaveURL('/reset');
      await opened.getByLabel('New password', { exact: true }).fill(NEW_PASSWORD);
      await opened.getByLabel('Confirm new password').fill(NEW_PASSWORD);
      await opened.getByRole('button', { name: 'Set password' }).click();
    };
    await setPassword();
    await expect(opened.getByText('Your password has been changed.')).toBeVisible();
    await signIn(opened, username, NEW_PASSWORD);

    await setPassword();
    await expect(opened.getByRole('alert')).toBeVisible();
    await opened.getByRole('link', { name: 'Request a new link' }).click();
    await expect(opened.getByRole('heading', { name: 'Reset your password' })).toBeVisible();
  });

  test('an invalid link confirms nothing', async ({ page }) => {
    await page.goto('/verify#key=nonsense');
    await expect(page.getByRole('alert')).toContainText(
      'Your email address could not be confirmed.',
    );
  });
});

test('the emailed link confirms an email address', async ({ page }) => {
  const username = await register(page);
  await page.goto('/profile');
  await expect(page.getByText('Not confirmed')).toBeVisible();

  await page.goto(await linkMailedTo(`${username}@example.org`, '/verify'));
  await expect(page.getByText('Your email address is confirmed.')).toBeVisible();
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
    await page.getByLabel('Username or email').fill('demo-student');
    await page.getByLabel('Password', { exact: true }).fill(DEMO_PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page).toHaveURL(path);
  });
}
