import { expect, openMenu, test, violations } from './product';

for (const theme of ['light', 'dark'] as const) {
  test(`open menus are accessible in ${theme}`, async ({ page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await page.setViewportSize({ width: 320, height: 640 });
    await page.goto('/login');
    await openMenu(page);
    await page.getByRole('button', { name: 'Appearance' }).click();

    await expect(page.getByLabel('Dark')).toBeInViewport({ ratio: 1 });
    expect(await violations(page)).toEqual([]);
  });
}
