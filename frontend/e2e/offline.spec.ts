import { appIsKept, expect, test } from './product';

test.use({
  allowed: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|504/],
  serviceWorkers: 'allow',
});

test('the catalogue that one has seen can be read offline, and the page says so', async ({
  page,
  context,
}) => {
  await page.goto('/');
  await appIsKept(page);
  await page.goto('/courses?ordering=title');
  const course = page.getByRole('link', { name: 'A Small Book of Graphs' });
  await expect(course).toBeVisible();

  await context.setOffline(true);
  await expect(page.getByText('You are offline.')).toBeVisible();
  await page.reload();
  await expect(course).toBeVisible();

  await page.goto('/courses?search=neverseen');
  await expect(page.getByRole('alert')).toContainText('cannot be reached');
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByText('No course matches.')).toBeVisible();
  await expect(page.getByText('You are offline.')).toBeHidden();
});
