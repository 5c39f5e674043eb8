import { mkdirSync } from 'node:fs';

import { PAGES } from './pages';
import { expect, signInThroughApi, test, violations } from './product';

const PICTURES = 'test-results/screenshots';
const MAX_SHIFT = 0.02;

for (const { name, as, path, then, allowed = [] } of PAGES) {
  test.describe(name, () => {
    test.use({ allowed });

    test('is accessible in both themes, fits the viewport, and does not shift', async ({ page }, {
      project,
    }) => {
      if (as) await signInThroughApi(page, as);
      await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
      await page.addInitScript(watchShifts);
      await page.goto(typeof path === 'string' ? path : await path(page));
      await expect(page.locator('main h1')).toHaveCount(1);
      await expect(page.locator('lms-skeleton')).toHaveCount(0);
      await then?.(page);
      await page.waitForLoadState('networkidle');

      expect(await page.evaluate(() => window.shift), 'layout shift').toBeLessThanOrEqual(
        MAX_SHIFT,
      );
      mkdirSync(PICTURES, { recursive: true });
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
        await page.screenshot({
          path: `${PICTURES}/${name}-${project.name}-${colorScheme}.png`,
          fullPage: true,
        });
        if (project.name !== 'tablet') expect(await violations(page)).toEqual([]);
      }

      const { width } = page.viewportSize() ?? { width: 0 };
      const narrowest = project.name === 'phone' ? 320 : width;
      await page.setViewportSize({ width: narrowest, height: 800 });
      const contentWidth = () => page.evaluate(() => document.documentElement.scrollWidth);
      await expect
        .poll(contentWidth, { message: 'width of the content' })
        .toBeLessThanOrEqual(narrowest);
    });
  });
}

declare global {
  interface Window {
    shift: number;
  }
}

/** Sums up layout shifts, as Lighthouse does. */
function watchShifts(): void {
  window.shift = 0;
  new PerformanceObserver(list => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
    })[]) {
      if (!entry.hadRecentInput) window.shift += entry.value;
    }
  }).observe({ type: 'layout-shift', buffered: true });
}
