import { mkdirSync } from 'node:fs';

import { PLACES } from './pages';
import { expect, signInQuietly, test } from './product';

const FOLDER = '../docs/pictures';
const PHONE = { width: 390, height: 750 };

interface Picture {
  readonly place: string;
  readonly name: string;
  readonly size?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** The heading at the top of the picture, if it is not the page's. */
  readonly from?: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'catalogue', place: 'courses' },
  { name: 'lesson', place: 'lesson' },
  { name: 'dashboard', place: 'dashboard', colorScheme: 'dark' },
  { name: 'quiz', place: 'quiz-attempt', size: PHONE },
  { name: 'lesson-phone', place: 'lesson', size: PHONE, colorScheme: 'dark' },
  { name: 'statistics', place: 'studio-statistics', from: 'Quiz statistics' },
  { name: 'studio', place: 'studio-quiz' },
];

for (const { name, place, size, from, colorScheme = 'light' } of PICTURES) {
  test(name, async ({ page }) => {
    const shown = PLACES.find(one => one.name === place);
    if (!shown) throw new Error(`There is no place called ${place}.`);
    const { as, path, then } = shown;
    if (as) await signInQuietly(page, as);
    await page.emulateMedia({ colorScheme });
    if (size) await page.setViewportSize(size);
    await page.goto(typeof path === 'string' ? path : await path(page));
    await expect(page.locator('main h1')).toHaveCount(1);
    await expect(page.locator('lms-skeleton')).toHaveCount(0);
    await then?.(page);
    // Headless browsers hide scrollbars but reserve their space.
    await page.addStyleTag({ content: 'html { scrollbar-gutter: auto }' });
    if (from) await page.getByRole('heading', { name: from }).evaluate(one => one.scrollIntoView());
    await page.waitForLoadState('networkidle');
    mkdirSync(FOLDER, { recursive: true });
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
  });
}
