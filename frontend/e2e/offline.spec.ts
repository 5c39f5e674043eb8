import { Page } from '@playwright/test';

import { createCourse, enroll } from './courses';
import { expect, openMenu, register, test, violations, waitForOfflineApp } from './product';

test.use({
  allowed: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|504|dynamically imported module/],
  serviceWorkers: 'allow',
});

test('the visited catalog can be read offline with a notice', async ({ page, context }) => {
  await page.goto('/');
  await waitForOfflineApp(page);
  await page.goto('/courses?ordering=title');
  const course = page.getByRole('link', { name: 'A Small Book of Graphs' });
  await expect(course).toBeVisible();

  await context.setOffline(true);
  await expect(page.getByText('You are offline.')).toBeVisible();
  await page.reload();
  await expect(course).toBeVisible();

  await page.goto('/courses?search=neverseen');
  await expect(page.getByRole('alert')).toContainText('Could not reach the server');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('No courses found.')).toBeVisible();
  await expect(page.getByText('You are offline.')).toBeHidden();
});

test('each language works offline on its own', async ({ page, context }) => {
  await page.goto('/');
  await waitForOfflineApp(page);
  await page.goto('/es/courses');
  await expect(page.getByRole('heading', { level: 1, name: 'Cursos' })).toBeVisible();
  await waitForOfflineApp(page);

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('Estás sin conexión.')).toBeVisible();
  await page.goto('/');
  await expect(page.getByText('You are offline.')).toBeVisible();
});

test('a signed-in user stays signed in offline, reads opened lessons, and reconnects', async ({
  page,
  context,
}) => {
  const course = await createCourse(page);
  await register(page);
  await enroll(page, course.id);
  await page.goto(`/learn/${course.id}/${course.lessons[0]}`);
  await expect(page.getByText('Read this.')).toBeVisible();
  await waitForOfflineApp(page);

  await context.setOffline(true);
  await page.reload();
  await expect(page.getByText('Read this.')).toBeVisible();
  await page.goto('/dashboard');
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(page.getByRole('alert')).toContainText('Could not reach the server');

  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('0 of 2 lessons').first()).toBeVisible();
});

test('signing out removes private data from the device', async ({ page }) => {
  const course = await createCourse(page);
  const username = await register(page);
  await enroll(page, course.id);
  await page.goto(`/learn/${course.id}/${course.lessons[0]}`);
  await expect(page.getByText('Read this.')).toBeVisible();
  await waitForOfflineApp(page);
  await page.reload();
  await expect(page.getByText('Read this.')).toBeVisible();
  await expect.poll(() => storedData(page)).toContain('Read **this**');
  expect(await storedData(page)).toContain(username);

  await openMenu(page);
  await page.getByRole('button', { name: username }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Learn at your own pace' })).toBeVisible();

  await expect.poll(() => storedData(page)).not.toContain('Read **this**');
  expect(await storedData(page)).not.toContain(username);
});

test('a new version is offered and active after reloading', async ({ page }) => {
  await page.goto('/login');
  await waitForOfflineApp(page);
  await page.getByLabel('Username or email').fill('half a na');
  await page.evaluate(() => {
    // The message of the worker after fetching a version.
    const [currentVersion, latestVersion] = [{ hash: '1' }, { hash: '2' }];
    const data = { type: 'VERSION_READY', currentVersion, latestVersion };
    navigator.serviceWorker.dispatchEvent(new MessageEvent('message', { data }));
  });
  await expect(page.getByText('A new version is available.')).toBeInViewport();
  await expect(page.getByLabel('Username or email')).toHaveValue('half a na');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    expect(await violations(page)).toEqual([]);
    await page.screenshot({
      path: `test-results/screenshots/new-version-${test.info().project.name}-${colorScheme}.png`,
    });
  }

  await page.getByRole('button', { name: 'Reload' }).click();
  await expect(page.getByLabel('Username or email')).toHaveValue('');
  await expect(page.getByText('A new version is available.')).toBeHidden();
});

test.describe('without the service worker', () => {
  test.use({ serviceWorkers: 'block' });

  test('a page that cannot be loaded shows an error and loads after reconnecting', async ({
    page,
    context,
  }) => {
    await page.goto('/');
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await context.setOffline(true);
    await openMenu(page);
    await page.getByRole('link', { name: 'Register' }).first().click();
    await expect(page.getByRole('heading', { name: 'Page unavailable' })).toBeVisible();

    await context.setOffline(false);
    await expect(page.getByRole('heading', { level: 1, name: 'Register' })).toBeVisible();
    await expect(page).toHaveURL(/\/register/);
  });
});

/** Returns everything that the browser stores for the app, except the app itself. */
function storedData(page: Page): Promise<string> {
  return page.evaluate(async () => {
    const texts = [JSON.stringify(localStorage), JSON.stringify(sessionStorage)];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        if (!/\/api\/|\/media\//.test(request.url)) continue;
        texts.push(request.url, (await (await cache.match(request))?.text()) ?? '');
      }
    }
    for (const { name } of await indexedDB.databases()) {
      if (name) texts.push(name, await contents(name));
    }
    return texts.join('\n');

    async function contents(name: string): Promise<string> {
      const database = await answer(indexedDB.open(name));
      const stores = [...database.objectStoreNames];
      const values = await Promise.all(
        stores.map(store => answer(database.transaction(store).objectStore(store).getAll())),
      );
      database.close();
      return JSON.stringify(values);
    }

    function answer<Value>(request: IDBRequest<Value>): Promise<Value> {
      return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(new Error(String(request.error)));
      });
    }
  });
}
