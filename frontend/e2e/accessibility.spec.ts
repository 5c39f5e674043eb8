import { expect, openMenu, test, violations } from './product';

const PAGES = [
  '/',
  '/courses',
  '/login',
  '/register',
  '/reset',
  '/verify',
  '/forbidden',
  '/no-such-page',
];

for (const theme of ['light', 'dark'] as const) {
  for (const path of [...PAGES, '/es/', '/es/login']) {
    test(`${path} is accessible in ${theme}`, async ({ page }) => {
      await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
      await page.goto(path);
      await expect(page.locator('main h1')).toHaveCount(1);
      await expect(page.locator('lms-skeleton')).toHaveCount(0);

      expect(await violations(page)).toEqual([]);
    });
  }
}

test('nothing is wider than a small phone', async ({ page }) => {
  await page.setViewportSize({ width: 320, height: 640 });
  for (const path of PAGES) {
    await page.goto(path);
    await expect(page.locator('main h1')).toBeVisible();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width, path).toBeLessThanOrEqual(320);
  }
});

for (const theme of ['light', 'dark'] as const) {
  test(`the open menus are accessible in ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto('/login');
    await openMenu(page);
    await page.getByRole('button', { name: 'Look' }).click();

    await expect(page.getByLabel('Dark')).toBeInViewport({ ratio: 1 });
    expect(await violations(page)).toEqual([]);
  });
}
