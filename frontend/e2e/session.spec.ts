import { expect, openMenu, register, signIn, test } from './product';

test('someone new registers, stays signed in over a reload, and signs out', async ({ page }) => {
  const username = await register(page);

  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'My learning' })).toBeVisible();

  await openMenu(page);
  await page.getByRole('button', { name: username }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'Learn at your own pace' }),
  ).toBeVisible();
  await openMenu(page);
  await expect(page.getByRole('link', { name: 'Sign in' })).toBeVisible();

  await page.goto('/dashboard');
  await expect(page).toHaveURL(/\/login\?next=%2Fdashboard$/);
});

test('signing out in one tab signs out the other', async ({ page, context }) => {
  const username = await register(page);
  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(other.getByRole('heading', { level: 1, name: 'My learning' })).toBeVisible();

  await openMenu(page);
  await page.getByRole('button', { name: username }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();

  await openMenu(other);
  await expect(other.getByRole('link', { name: 'Sign in' })).toBeVisible();
});

test('a student of the demo sees neither studio nor management', async ({ page }) => {
  await signIn(page, 'demo-student');

  await openMenu(page);
  await expect(page.getByRole('link', { name: 'My learning' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Studio' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Manage' })).toBeHidden();
});
