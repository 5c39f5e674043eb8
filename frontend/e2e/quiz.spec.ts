import { Page } from '@playwright/test';

import { Course, enrol, makeCourse } from './courses';
import { appIsKept, expect, register, test } from './product';

async function startQuiz(page: Page, course: Course): Promise<void> {
  await page.goto(`/quiz/${course.quiz}`);
  await page.getByRole('button', { name: /^(Start|Try again)$/ }).click();
  await expect(page.getByText('Question 1 of 5')).toBeVisible();
}

/** Answers all kinds of questions, right or wrong, and goes to the review. */
async function answerAll(page: Page, isRight: boolean): Promise<void> {
  const next = page.getByRole('button', { name: 'Next', exact: true });
  await page.getByRole('radio', { name: isRight ? 'Four' : 'Five' }).check();
  await next.click();
  await page.getByRole('checkbox', { name: 'Two' }).check();
  if (isRight) await page.getByRole('checkbox', { name: 'Three' }).check();
  await next.click();
  await page.getByRole('radio', { name: isRight ? 'True' : 'False' }).check();
  await next.click();
  await page.getByLabel('Your answer').fill(isRight ? '  paris ' : 'London');
  await next.click();
  await page.getByLabel('Your answer, a number').fill(isRight ? '1,5' : '7');
  await page.getByRole('button', { name: 'Look over your answers' }).click();
  await expect(page.getByRole('heading', { name: 'Look over your answers' })).toBeFocused();
}

test('someone fails a quiz, sees why, tries again and passes', async ({ page }) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);

  await startQuiz(page, course);
  await answerAll(page, false);
  await page.getByRole('button', { name: 'Hand in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
  await expect(page.getByText('Paris', { exact: true })).toBeVisible();
  await expect(page).toHaveURL(/submission=/);

  await page.getByRole('link', { name: 'To the quiz’s start' }).click();
  await startQuiz(page, course);
  await answerAll(page, true);
  await page.getByRole('button', { name: 'Hand in', exact: true }).click();
  await expect(page.getByRole('heading', { name: 'Passed', exact: true })).toBeVisible();
  await expect(page.getByText('100%')).toBeVisible();

  await page.goto(`/quiz/${course.quiz}`);
  await expect(page.getByRole('link', { name: 'Look at attempt 1' })).toBeVisible();
});

test('a reload in the middle keeps the answers, and gaps are asked about', async ({ page }) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);
  await startQuiz(page, course);
  await page.getByRole('radio', { name: 'Four' }).check();
  await expect(page.getByText('Saved on this device')).toBeVisible();
  await page.getByRole('button', { name: 'Next', exact: true }).click();
  await page.getByRole('checkbox', { name: 'Look at this again' }).check();

  page.on('dialog', dialog => void dialog.accept()); // the browser asks before a reload
  await page.reload();
  await expect(page.getByText('Question 2 of 5')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Question 1, answered' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Question 2, to look at again' })).toBeVisible();

  await page.getByRole('button', { name: 'Look over and hand in' }).click();
  await page.getByRole('button', { name: 'Hand in', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('4 questions have no answer');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: 'Look over your answers' })).toBeVisible();
});

test('leaving an open attempt is asked about', async ({ page }) => {
  const course = await makeCourse(page);
  await register(page);
  await enrol(page, course.id);
  await startQuiz(page, course);

  await page.getByRole('link', { name: 'Learning', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('Question 1 of 5')).toBeVisible();

  await page.getByRole('link', { name: 'Learning', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Leave the quiz' }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto(`/quiz/${course.quiz}`);
  await expect(page.getByRole('button', { name: 'Continue' })).toBeVisible();
});

test('what is answered is handed in by itself when the time is up', async ({ page }) => {
  const course = await makeCourse(page, { time_limit_seconds: 8 });
  await register(page);
  await enrol(page, course.id);
  await startQuiz(page, course);
  await expect(page.getByRole('timer')).toContainText('0:0');
  await page.getByRole('radio', { name: 'Four' }).check();

  await expect(page.getByRole('heading', { name: 'Not passed yet' })).toBeVisible();
  await expect(page.getByText('20%')).toBeVisible();
});

test.describe('with the network away', () => {
  test.use({ allowed: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|504/], serviceWorkers: 'allow' });

  test('nothing is lost, and it is handed in when the network is back', async ({
    page,
    context,
  }) => {
    const course = await makeCourse(page);
    await register(page);
    await enrol(page, course.id);
    await startQuiz(page, course);
    await answerAll(page, true);

    await appIsKept(page);
    await context.setOffline(true);
    await page.getByRole('button', { name: 'Hand in', exact: true }).click();
    await expect(page.getByText('Your answers are not handed in yet')).toBeVisible();

    await context.setOffline(false);
    await expect(page.getByRole('heading', { name: 'Passed', exact: true })).toBeVisible();
  });
});
