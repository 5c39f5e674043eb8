import { readFile } from 'node:fs/promises';

import { Download, Page } from '@playwright/test';

import { Course, createCourse, enroll } from './courses';
import { accessTokenOf, api, expect, signInThroughApi, test, violations } from './product';

const GIFT = `::Moon:: How many moons has Mars? {#2}

::Sun:: The Sun is a star. {T}

::Rings:: Which has the brightest rings? {=Saturn ~Mars ~Venus}
`;
const MOODLE = `<?xml version="1.0" encoding="UTF-8"?>
<quiz>
  <question type="shortanswer">
    <name><text>Name</text></name>
    <questiontext format="html"><text>What is our galaxy called?</text></questiontext>
    <answer fraction="100"><text>Milky Way</text></answer>
  </question>
</quiz>
`;
const BROKEN = `::Good:: The Sun is a star. {T}

::Bad:: Which is it? {~this ~that}
`;

interface Lesson {
  readonly id: string;
  readonly content: string;
}

/** Opens a page of a new course as its instructor. */
async function openStudio(page: Page, path: (course: Course) => string): Promise<Course> {
  const course = await createCourse(page);
  await signInThroughApi(page, 'demo-instructor');
  await page.goto(`/studio/courses/${course.id}/${path(course)}`);
  return course;
}

async function choose(page: Page, name: string, content: string): Promise<void> {
  const file = { name, mimeType: 'text/plain', buffer: Buffer.from(content) };
  await page.getByLabel('Import questions').setInputFiles(file);
}

async function download(page: Page, button: string): Promise<{ name: string; text: string }> {
  const coming: Promise<Download> = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  const saved = await coming;
  return { name: saved.suggestedFilename(), text: await readFile(await saved.path(), 'utf8') };
}

test.describe('question banks', () => {
  test.use({ allowed: [/status of 400/] });

  test('a rejected file shows the line and the reason, and nothing is stored', async ({ page }) => {
    const { quiz } = await openStudio(page, course => `quizzes/${course.quiz}`);
    await expect(page.locator('.question')).toHaveCount(5);
    await choose(page, 'broken.gift', BROKEN);

    const alert = page.getByRole('alert');
    await expect(alert).toContainText('Nothing was imported.');
    const row = alert.getByRole('row').nth(1);
    await expect(row.getByRole('cell').first()).toHaveText('3');
    await expect(row.getByRole('cell').nth(1)).not.toBeEmpty();
    expect(await violations(page)).toEqual([]);
    await expect(page.locator('.question')).toHaveCount(5);
    const { question_count } = await api<{ question_count: number }>(
      page,
      `/api/quizzes/${quiz}/`,
      'demo-instructor',
    );
    expect(question_count).toBe(5);
  });

  test('questions are imported from GIFT and Moodle XML, and exported again', async ({ page }) => {
    await openStudio(page, course => `quizzes/${course.quiz}`);
    await expect(page.locator('.question')).toHaveCount(5);
    await choose(page, 'sky.gift', GIFT);
    await expect(page.getByText('3 questions were imported.')).toBeVisible();
    await expect(page.locator('.question')).toHaveCount(8);
    await choose(page, 'sky.xml', MOODLE);
    await expect(page.getByText('1 question was imported.')).toBeVisible();
    await expect(page.locator('.question').last()).toHaveText('9. What is our galaxy called?');

    const gift = await download(page, 'Export as GIFT');
    expect(gift.name).toBe('A quiz.gift.txt');
    for (const text of ['How many moons has Mars?', '=Saturn', 'Milky Way']) {
      expect(gift.text).toContain(text);
    }
    const xml = await download(page, 'Export as Moodle XML');
    expect(xml.name).toBe('A quiz.xml');
    expect(xml.text).toContain('How many moons has Mars?');
    await choose(page, 'again.xml', xml.text);
    await expect(page.getByText('9 questions were imported.')).toBeVisible();
    await expect(page.locator('.question')).toHaveCount(18);
  });
});

test('lessons are reordered by keyboard and by dragging', async ({ page }) => {
  await openStudio(page, () => 'outline');
  const lessons = page.locator('.lessons .title a');
  await expect(lessons).toHaveText(['First steps', 'Check yourself']);
  await page.getByRole('button', { name: 'Move down: First steps' }).focus();
  await page.keyboard.press('Enter');
  await expect(lessons).toHaveText(['Check yourself', 'First steps']);
  await expect(page.getByRole('button', { name: 'Move up: First steps' })).toBeFocused();
  await page.waitForLoadState('networkidle');
  await page.reload();
  await expect(lessons).toHaveText(['Check yourself', 'First steps']);

  const handle = page.locator('.lesson', { hasText: 'First steps' }).locator('.handle');
  const target = await page.locator('.lesson', { hasText: 'Check yourself' }).boundingBox();
  await handle.hover();
  await page.mouse.down();
  await page.mouse.move((target?.x ?? 0) + 20, (target?.y ?? 0) + 20, { steps: 10 });
  await page.mouse.move((target?.x ?? 0) + 20, (target?.y ?? 0) + 2, { steps: 5 });
  await page.mouse.up();
  await expect(lessons).toHaveText(['First steps', 'Check yourself']);
  await page.waitForLoadState('networkidle');
  await page.reload();
  await expect(lessons).toHaveText(['First steps', 'Check yourself']);
});

test.describe('two editors of one lesson', () => {
  test.use({ allowed: [/status of 412/] });

  test('see both versions and lose neither', async ({ page, context }) => {
    const { id, lessons } = await openStudio(page, course => `lessons/${course.lessons[0]}`);
    const stored = async () =>
      (await api<Lesson>(page, `/api/lessons/${lessons[0]}/`, 'demo-instructor')).content;
    const mine = page.getByLabel('Content (Markdown)');
    await expect(mine).toHaveValue(/Begin/);
    const other = await context.newPage();
    await other.goto(`/studio/courses/${id}/lessons/${lessons[0]}`);
    await other.getByLabel('Content (Markdown)').fill('Theirs.');
    await other.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(other.getByText('Saved.')).toBeVisible();
    await other.close();

    await mine.fill('Mine.');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await expect(dialog.getByLabel('Saved version')).toHaveValue('Theirs.');
    await expect(dialog.getByLabel('Your version (not saved)')).toHaveValue('Mine.');
    expect(await violations(page)).toEqual([]);
    await dialog.getByRole('button', { name: 'Keep editing' }).click();
    await expect(dialog).toBeHidden();
    await expect(mine).toHaveValue('Mine.');
    expect(await stored()).toBe('Theirs.');

    await mine.fill('Theirs.\n\nMine.');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await dialog.getByRole('button', { name: 'Replace with my version' }).click();
    await expect(page.getByText('Saved.')).toBeVisible();
    expect(await stored()).toBe('Theirs.\n\nMine.');
  });
});

test('exported students contain no executable formulas', async ({ page }) => {
  const course = await createCourse(page, { title: '=HYPERLINK("x")' });
  await enroll(page, course.id, 'demo-student');
  await signInThroughApi(page, 'demo-instructor');
  await page.goto(`/studio/courses/${course.id}/students`);
  await expect(page.getByRole('rowheader', { name: 'demo-student' })).toBeVisible();
  const { name, text } = await download(page, 'Export as CSV');

  expect(name).toBe(`${course.title}.csv`);
  const lines = text.replace('\ufeff', '').split('\r\n');
  expect(lines[0]).toBe(`Student,Enrolled,Completed,Progress (%),Grade,"'=HYPERLINK(""x"")"`);
  expect(lines[1]).toMatch(/^demo-student,\d{4}-\d\d-\d\dT[^,]+,,0,,$/);
  expect(lines.slice(2)).toEqual(['']);
});

test('quiz statistics are shown as charts and tables', async ({ page }) => {
  const url = '/api/courses/?search=meetings&page_size=1';
  const { results } = await api<{ results: { id: string }[] }>(page, url);
  await signInThroughApi(page, 'demo-instructor');
  await page.goto(`/studio/courses/${results[0]?.id}/statistics`);
  for (const [title, heading] of [
    ['Enrollments in the last 12 weeks', 'Enrollments'],
    ['Facility and discrimination index by question', 'Discrimination index'],
  ] as const) {
    const figure = page.getByRole('figure', { name: title });
    await figure.scrollIntoViewIfNeeded();
    await expect(figure.locator('canvas')).toBeVisible();
    await figure.getByText('Show data as a table').click();
    await expect(figure.getByRole('columnheader', { name: heading })).toBeVisible();
    expect(await figure.getByRole('row').count()).toBeGreaterThan(1);
  }
  await expect(page.getByText('Fewer than 20 attempts')).toBeVisible();
  await page.getByLabel('Attempts').selectOption('All attempts');
  await expect(page).toHaveURL(/attempts=all/);
});

test('a quiz preview contains no answer key and submits nothing', async ({ page }) => {
  await openStudio(page, course => `quizzes/${course.quiz}`);
  await expect(page.getByText('Neptune')).toBeVisible();
  const sent: string[] = [];
  page.on('request', request => {
    if (request.method() !== 'GET') sent.push(`${request.method()} ${request.url()}`);
  });
  await page.getByRole('link', { name: 'Preview as student' }).click();
  await expect(page.getByText('Question 1 of 5')).toBeVisible();
  await page.getByRole('radio', { name: 'Mercury' }).check();
  await page.getByRole('checkbox', { name: 'Saturn' }).check();
  await page.getByLabel('Your answer (a number)').fill('1.5');

  await expect(page.locator('lms-quiz-preview')).not.toContainText(/Neptune|1\.52|88 days/);
  await page.getByRole('link', { name: 'Back to editing' }).click();
  await expect(page.getByText('Neptune')).toBeVisible();
  expect(sent).toEqual([]);
});

test('a student cannot open the studio', async ({ page }) => {
  const { id } = await createCourse(page);
  await signInThroughApi(page, 'demo-student');
  for (const path of ['/studio', `/studio/courses/${id}/outline`]) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Access denied');
  }
  const headers = { Authorization: `Bearer ${await accessTokenOf(page, 'demo-student')}` };
  const answer = await page.request.get(`/api/quizzes/?course=${id}`, { headers });
  expect(((await answer.json()) as { count: number }).count).toBe(0);
});
