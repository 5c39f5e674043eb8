import { mkdirSync } from 'node:fs';

import { PAGES } from './pages';
import { expect, signInThroughApi, test } from './product';

const FOLDER = '../docs/pictures';
const PHONE = { width: 390, height: 750 };

interface Picture {
  /** The name of its page in `pages.ts`. */
  readonly page: string;
  readonly name: string;
  readonly size?: { width: number; height: number };
  readonly colorScheme?: 'light' | 'dark';
  /** The heading at the top of the picture, if it is not the page's. */
  readonly from?: string;
}

const PICTURES: readonly Picture[] = [
  { name: 'catalog', page: 'courses' },
  { name: 'lesson', page: 'lesson' },
  { name: 'dashboard', page: 'dashboard', colorScheme: 'dark' },
  { name: 'quiz', page: 'quiz-attempt', size: PHONE },
  { name: 'lesson-phone', page: 'lesson', size: PHONE, colorScheme: 'dark' },
  { name: 'statistics', page: 'studio-statistics', from: 'Quiz statistics' },
  { name: 'studio', page: 'studio-quiz' },
];

for (const { name, page: pageName, size, from, colorScheme = 'light' } of PICTURES) {
  test(name, async ({ page }) => {
    const pageCase = PAGES.find(candidate => candidate.name === pageName);
    if (!pageCase) throw new Error(`There is no page called ${pageName}.`);
    const { as, path, then } = pageCase;
    if (as) await signInThroughApi(page, as);
    await page.emulateMedia({ colorScheme });
    if (size) await page.setViewportSize(size);
    await page.goto(typeof path === 'string' ? path : await path(page));
    await expect(page.locator('main h1')).toHaveCount(1);
    await expect(page.locator('lms-skeleton')).toHaveCount(0);
    await then?.(page);
    // Headless browsers hide scrollbars but reserve their space.
    await page.addStyleTag({ content: 'html { scrollbar-gutter: auto }' });
    if (from)
      await page.getByRole('heading', { name: from }).evaluate(heading => heading.scrollIntoView());
    await page.waitForLoadState('networkidle');
    mkdirSync(FOLDER, { recursive: true });
    await page.screenshot({ path: `${FOLDER}/${name}.png` });
  });
}
