import { Page } from '@playwright/test';

import { expect, openMenu, register, signInThroughApi, test } from './product';

/** Creates a course with two lessons in the studio, and ends on its outline. */
async function createCourse(page: Page, title: string): Promise<void> {
  await page.goto('/studio');
  await page.getByLabel('New course').fill(title);
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Outline' })).toBeVisible();
  await expect(page.getByText('Add at least one lesson.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Publish' })).toBeDisabled();

  for (const lesson of ['Second thoughts', 'First things']) {
    await page.getByLabel('New lesson').fill(lesson);
    await page.getByRole('button', { name: 'Add', exact: true }).click();
    const text = page.getByLabel('Content (Markdown)');
    await text.fill(`About ${lesson}`);
    await text.selectText();
    await text.press('ControlOrMeta+b');
    await expect(text).toHaveValue(`**About ${lesson}**`);
    const previewTab = page.getByRole('group', { name: 'Write or preview' }).getByText('Preview');
    if (await previewTab.isVisible()) await previewTab.click();
    await expect(page.getByRole('region', { name: 'Preview' }).locator('strong')).toHaveText(
      `About ${lesson}`,
    );
    await page.getByLabel('Title').press('ControlOrMeta+s');
    await expect(page.getByText('Unsaved changes')).toBeHidden();
    await page.getByRole('link', { name: 'Back to outline' }).click();
    await expect(page.getByRole('link', { name: lesson })).toBeVisible();
  }
}

test('an instructor creates a course with a quiz, and a student takes it', async ({ page }) => {
  test.slow();
  const title = `New course ${Date.now().toString(36)}${Math.random().toString(36).slice(2, 5)}`;
  await signInThroughApi(page, 'demo-instructor');
  await createCourse(page, title);

  await page.getByRole('button', { name: 'Move up: First things' }).click();
  const lessons = page.locator('.lessons .title a');
  await expect(lessons).toHaveText(['First things', 'Second thoughts']);
  await page.reload();
  await expect(lessons).toHaveText(['First things', 'Second thoughts']);

  await page.getByRole('link', { name: 'Quizzes' }).click();
  await page.getByRole('combobox', { name: 'Lesson' }).selectOption('First things');
  await page.getByLabel('Title').fill('What comes first?');
  await page.getByRole('button', { name: 'Create', exact: true }).click();
  await expect(page.getByText('This quiz has no questions yet.')).toBeVisible();
  await createQuestions(page);

  await page.getByRole('link', { name: 'Outline' }).click();
  await page.getByRole('button', { name: 'Publish' }).click();
  await expect(page.getByText('The course is published')).toBeVisible();
  await page.getByRole('link', { name: 'View course page' }).click();
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();

  await openMenu(page);
  await page.getByRole('button', { name: 'demo-instructor' }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'Learn at your own pace' }),
  ).toBeVisible();
  // Uses the link, because opening the URL would show a message about the ended session.
  await page.getByRole('main').getByRole('link', { name: 'Register' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Register' })).toBeVisible();
  await takeCourse(page, title);
});

async function createQuestions(page: Page): Promise<void> {
  const question = page.locator('lms-question-editor').getByLabel('Question');
  const save = page.getByRole('button', { name: 'Save question' });
  await page.getByRole('button', { name: 'Single choice' }).click();
  await question.fill('Which is first?');
  await page.getByLabel('Choice 1', { exact: true }).fill('The beginning');
  await page.getByLabel('Choice 2', { exact: true }).fill('The end');
  await save.click();
  await expect(page.getByText('1. Which is first?')).toBeVisible();

  await page.getByRole('button', { name: 'Short answer' }).click();
  await question.fill('What comes after one?');
  await page.getByLabel('Accepted answers, one per line').fill('Two\n2');
  await save.click();
  await expect(page.getByText('2. What comes after one?')).toBeVisible();

  await page.getByRole('button', { name: 'Numeric answer' }).click();
  await question.fill('A half?');
  await page.getByLabel('Correct answer', { exact: true }).fill('half');
  await save.click();
  await expect(page.getByText('Enter a valid value.')).toBeVisible();
  await page.getByLabel('Correct answer', { exact: true }).fill('0,5');
  await save.click();
  await expect(page.getByText('3. A half?')).toBeVisible();

  await page.getByRole('button', { name: 'Move up: A half?' }).click();
  await expect(page.locator('.question')).toHaveText([
    '1. Which is first?',
    '2. A half?',
    '3. What comes after one?',
  ]);
}

async function takeCourse(page: Page, title: string): Promise<void> {
  await register(page);
  await openMenu(page);
  await page.getByRole('banner').getByRole('link', { name: 'Courses' }).click();
  await page.getByLabel('Search courses').fill(title);
  await page.getByRole('link', { name: title }).click();
  await page.getByRole('button', { name: 'Enroll', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'First things' })).toBeVisible();
  await page.getByRole('link', { name: 'What comes first?' }).click();

  for (const isRight of [false, true]) {
    await page.getByRole('button', { name: /^(Start quiz|Try again)$/ }).click();
    await page.getByRole('radio', { name: isRight ? 'The beginning' : 'The end' }).check();
    for (const answer of isRight ? ['.5', 'two'] : ['2', 'three']) {
      await page.getByRole('button', { name: 'Next', exact: true }).click();
      await page.getByRole('textbox').fill(answer);
    }
    await page.getByRole('button', { name: 'Review answers' }).click();
    await page.getByRole('button', { name: 'Submit answers' }).click();
    const outcome = isRight ? /^Passed 100%/ : /^Not passed 0%/;
    await expect(page.getByRole('heading', { level: 2, name: outcome })).toBeVisible();
  }
  await page.getByRole('link', { name: 'Continue learning' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Second thoughts' })).toBeVisible();
  await page.getByRole('button', { name: 'Mark as completed' }).click();
  await expect(page.getByText('You completed all lessons of this course.').first()).toBeVisible();
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { name: 'Completed courses' })).toBeVisible();
  await expect(page.getByRole('link', { name: title }).first()).toBeVisible();
}
