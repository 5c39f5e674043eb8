import { createCourse, enroll } from './courses';
import { expect, register, test } from './product';

const HOSTILE =
  ' <img src="/icon.svg" onload="hacked = 1"><script>hacked = 1</script>' +
  '[link](javascript:hacked=1) <a href="javascript:hacked=1">a</a> [other](https://example.org/)';

test('HTML and scripts of an instructor are shown as text and never run', async ({ page }) => {
  test.slow();
  const { id, lessons, quiz, title } = await createCourse(page, {}, HOSTILE);
  await register(page);
  await enroll(page, id);
  const name = title.slice(0, title.indexOf(HOSTILE));

  for (const [path, expected] of [
    [`/courses?search=${encodeURIComponent(name)}`, name],
    [`/courses/${id}`, 'onload="hacked = 1"'],
    [`/learn/${id}/${lessons[0]}`, 'First steps'],
    [`/quiz/${quiz}`, 'A quiz'],
    ['/dashboard', name],
    ['/notifications', name],
  ] as const) {
    await page.goto(path);
    const text = page.locator('main').getByText(expected).filter({ visible: true });
    await expect(text.first()).toBeVisible();
    await page.waitForLoadState('networkidle');
    expect(await page.evaluate(() => 'hacked' in window), path).toBe(false);
    await expect(page.locator('[onload], a[href^="javascript:"]'), path).toHaveCount(0);
  }

  await page.goto(`/quiz/${quiz}`);
  await page.getByRole('button', { name: 'Start quiz' }).click();
  await expect(page.getByText('Which planet is closest to the Sun?')).toBeVisible();
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);

  await page.goto(`/learn/${id}/${lessons[0]}`);
  const link = page.locator('lms-prose').getByRole('link', { name: 'other' });
  await expect(link).toHaveAttribute('rel', /noopener/);
});
