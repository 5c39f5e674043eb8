import AxeBuilder from '@axe-core/playwright';
import { Locator, Page, expect, test as base } from '@playwright/test';

export { expect };

/** A page whose console must stay free of errors that the test does not allow. */
export const test = base.extend<{ allowed: readonly RegExp[]; consoleErrors: string[] }>({
  allowed: [[], { option: true }],
  consoleErrors: [
    async ({ page, allowed }, use) => {
      const consoleErrors: string[] = [];
      const ignored = [/Service Worker registration blocked by Playwright/, ...allowed];
      const record = (text: string) => {
        if (!ignored.some(pattern => pattern.test(text))) consoleErrors.push(text);
      };
      page.on('pageerror', error => record(error.message));
      page.on('console', message => {
        if (['error', 'warning'].includes(message.type())) record(message.text());
      });
      await use(consoleErrors);
      expect(consoleErrors).toEqual([]);
    },
    { auto: true },
  ],
});

/** The three demo users. */
export type DemoUser = 'demo-student' | 'demo-instructor' | 'demo-admin';
export const DEMO_PASSWORD = process.env['E2E_PASSWORD'] ?? '';
/** The password of users created by `register`. */
export const PASSWORD = 'correct horse battery';

/** Registers a new user through the page, from the current page or from the start. */
export async function register(page: Page, landmark = dashboardHeading(page)): Promise<string> {
  const username = `ada-${Date.now().toString(36)}-${Math.random().toString(36).slice(2, 7)}`;
  if (!page.url().includes('/register')) await page.goto('/register');
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Email').fill(`${username}@example.org`);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByLabel('Confirm password').fill(PASSWORD);
  await page.getByRole('button', { name: 'Register' }).click();
  await expect(landmark).toBeVisible();
  return username;
}

function dashboardHeading(page: Page): Locator {
  return page.getByRole('heading', { level: 1, name: 'My learning' });
}

export async function signIn(
  page: Page,
  username: string,
  password = DEMO_PASSWORD,
): Promise<void> {
  await page.goto('/login');
  await fillSignIn(page, username, password);
  await expect(dashboardHeading(page)).toBeVisible();
}

/** Signs in through the open sign-in page. */
export async function fillSignIn(page: Page, username: string, password: string): Promise<void> {
  await page.getByLabel('Username or email').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** Signs in without the sign-in page; the next page opened has the session. */
export async function signInThroughApi(page: Page, username: DemoUser): Promise<void> {
  await page.request.post('/api/auth/login/', {
    headers: { 'X-Auth-Mode': 'cookie' },
    data: { username, password: DEMO_PASSWORD },
  });
  await page.addInitScript(() => localStorage.setItem('lms.session', '1'));
}

/** Signs in outside the page and returns the access token. */
export async function accessTokenOf(page: Page, username: DemoUser): Promise<string> {
  const data = { username, password: DEMO_PASSWORD };
  const answer = await page.request.post('/api/auth/login/', { data });
  return ((await answer.json()) as { access: string }).access;
}

/** Reads from the API as the user, or as a visitor. */
export async function api<Answer>(page: Page, url: string, as?: DemoUser): Promise<Answer> {
  const headers = as ? { Authorization: `Bearer ${await accessTokenOf(page, as)}` } : undefined;
  const answer = await page.request.get(url, { headers });
  expect(answer.ok(), url).toBe(true);
  return (await answer.json()) as Answer;
}

/** Opens the navigation if it is behind a button, as on phones. */
export async function openMenu(page: Page): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu' });
  if ((await menu.isVisible()) && (await menu.getAttribute('aria-expanded')) === 'false') {
    await menu.click();
  }
}

/** Waits until the service worker has cached the app for offline use. */
export async function waitForOfflineApp(page: Page): Promise<void> {
  const isCached = async () => {
    await navigator.serviceWorker.ready;
    const answer = await fetch('ngsw.json');
    const { assetGroups } = (await answer.json()) as { assetGroups: { urls: string[] }[] };
    const urls = assetGroups.flatMap(group => group.urls);
    const cached = await Promise.all(urls.map(url => caches.match(url)));
    return cached.every(response => response !== undefined);
  };
  await expect.poll(() => page.evaluate(isCached), { timeout: 30_000 }).toBe(true);
}

/** Returns axe violations by rule and element. */
export async function violations(page: Page): Promise<string[]> {
  const results = await new AxeBuilder({ page })
    .withTags(['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'])
    .analyze();
  return results.violations.flatMap(rule =>
    rule.nodes.map(node => `${rule.id}: ${node.html} ${node.failureSummary ?? ''}`),
  );
}
