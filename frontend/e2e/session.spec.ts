import { PASSWORD, expect, fillSignIn, openMenu, register, signIn, test } from './product';

test('a new user registers, stays signed in after a reload, and signs out', async ({ page }) => {
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

test('signing out in one tab signs out the other and clears its page', async ({
  page,
  context,
}) => {
  const username = await register(page);
  const other = await context.newPage();
  await other.goto('/dashboard');
  await expect(other.getByRole('heading', { level: 1, name: 'My learning' })).toBeVisible();

  await openMenu(page);
  await page.getByRole('button', { name: username }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();

  await expect(other).toHaveURL(/\/login\?next=%2Fdashboard$/);
  await openMenu(other);
  await expect(other.getByRole('link', { name: 'Sign in' })).toBeVisible();

  await openMenu(page);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await fillSignIn(page, username, PASSWORD);
  await expect(other).toHaveURL(/\/dashboard$/);
});

test.describe('an expired session', () => {
  test.use({ allowed: [/401/] });

  test('returns to the same page after signing in again', async ({ page, request }) => {
    const username = await register(page);
    const data = { username, password: PASSWORD };
    const { access } = await (await request.post('/api/auth/login/', { data })).json();
    const headers = { Authorization: `Bearer ${access}` };
    expect((await request.post('/api/auth/logout/all/', { headers })).ok()).toBe(true);

    await openMenu(page);
    await page.getByRole('link', { name: 'Notifications' }).click();
    await expect(page).toHaveURL(/\/login\?next=%2Fnotifications$/);
    await fillSignIn(page, username, PASSWORD);
    await expect(page.getByRole('heading', { level: 1, name: 'Notifications' })).toBeVisible();
  });

  test('an expired access token is renewed once without being noticed', async ({ page }) => {
    await register(page);
    let renewals = 0;
    page.on('request', request => (renewals += request.url().includes('/refresh/') ? 1 : 0));
    const refused = new Set<string>();
    await page.route(/\/api\/(notifications|users)\//, async route => {
      const { pathname } = new URL(route.request().url());
      if (refused.has(pathname)) return route.continue();
      refused.add(pathname);
      const json = { detail: 'The token is void.', code: 'not_authenticated' };
      return route.fulfill({ status: 401, json });
    });

    await openMenu(page);
    await page.getByRole('link', { name: 'Notifications' }).click();
    await expect(page.getByRole('heading', { level: 1, name: 'Notifications' })).toBeVisible();
    await expect(page.locator('lms-empty-state')).toBeVisible();
    expect(refused.size).toBeGreaterThan(0);
    expect(renewals).toBe(1);
  });
});

test('signed-in users are redirected from the sign-in page', async ({ page }) => {
  await register(page);
  await page.goto('/login?next=%2Fcourses');
  await expect(page).toHaveURL(/\/courses$/);
});

test('a student sees neither the studio nor the admin pages', async ({ page }) => {
  await signIn(page, 'demo-student');

  await openMenu(page);
  await expect(page.getByRole('link', { name: 'My learning' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Studio' })).toBeHidden();
  await expect(page.getByRole('link', { name: 'Manage' })).toBeHidden();
});
