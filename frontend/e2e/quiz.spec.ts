import { Page } from '@playwright/test';

import { Course, createCourse, enroll } from './courses';
import { api, expect, openMenu, register, test, violations, waitForOfflineApp } from './product';

interface Question {
  readonly kind: string;
  readonly text: string;
  readonly answer: string;
  readonly choices: readonly { readonly text: string; readonly is_correct: boolean }[];
}

/** Enrolls a new student in a new course with a quiz, and opens the quiz. */
async function openNewQuiz(page: Page, settings: object = {}): Promise<Course> {
  const course = await createCourse(page, settings);
  await register(page);
  await enroll(page, course.id);
  await page.goto(`/quiz/${course.quiz}`);
  return course;
}

async function start(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Start quiz' }).click();
  await expect(page.getByRole('heading', { name: /^Question 1 of 5/ })).toBeFocused();
}

/** Answers all questions, all correctly (by the answer key) or all incorrectly. */
async function answerAll(page: Page, quiz: string, isCorrect: boolean): Promise<void> {
  const { questions } = await api<{ questions: readonly Question[] }>(
    page,
    `/api/quizzes/${quiz}/`,
    'demo-instructor',
  );
  for (const [index, { kind, answer, choices }] of questions.entries()) {
    await expect(
      page.getByRole('heading', { name: `Question ${index + 1} of ${questions.length}` }),
    ).toBeFocused();
    for (const choice of choices) {
      if (choice.is_correct === isCorrect)
        await page.getByLabel(choice.text, { exact: true }).check();
    }
    if (kind === 'true_false') {
      const isTrue = (answer === 'true') === isCorrect;
      await page.getByLabel(isTrue ? 'True' : 'False', { exact: true }).check();
    } else if (choices.length === 0) {
      const text = kind === 'numeric' ? answer.replace('.', ',') : ` ${answer.split('\n')[0]} `;
      await page.getByRole('textbox').fill(isCorrect ? text : '9');
    }
    await page.getByRole('button', { name: /^(Next|Review answers)$/ }).click();
  }
  await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeFocused();
}

const submit = (page: Page) => page.getByRole('button', { name: 'Submit answers' }).click();
const result = (page: Page, name: RegExp) => page.getByRole('heading', { level: 2, name });

async function submissionCount(page: Page, quiz: string): Promise<number> {
  const url = `/api/quiz-submissions/?quiz=${quiz}`;
  return (await api<{ count: number }>(page, url, 'demo-instructor')).count;
}

test('a student fails a quiz, sees the feedback, tries again and passes', async ({ page }) => {
  const course = await openNewQuiz(page, { max_attempts: 2, show_key: 'after_submit' });
  await expect(page.getByText('0 of 2 used')).toBeVisible();
  await start(page);
  await answerAll(page, course.quiz, false);
  await submit(page);

  await expect(result(page, /^Not passed 0%/)).toBeFocused();
  await expect(page.getByText('Mercury orbits the Sun in 88 days.')).toBeVisible();
  await expect(page.getByText('Neptune / the planet Neptune')).toBeVisible();
  await expect(page.getByText('1.52 ± 0.05')).toBeVisible();
  await page.reload();
  await expect(result(page, /^Not passed 0%/)).toBeVisible();
  await expect(page.getByText('1 attempt left')).toBeVisible();

  await page.getByRole('button', { name: 'Try again' }).click();
  await answerAll(page, course.quiz, true);
  await submit(page);
  await expect(result(page, /^Passed 100%/)).toBeFocused();

  await page.getByRole('link', { name: 'All attempts' }).click();
  await expect(page.getByText('You have used all your attempts')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Attempt 1' })).toBeVisible();
  await page.getByRole('link', { name: 'Attempt 2' }).click();
  await expect(result(page, /^Passed 100%/)).toBeVisible();
  await page.getByRole('link', { name: 'Continue learning' }).click();
  await expect(page).toHaveURL(new RegExp(`/learn/${course.id}`));
});

test('a reload keeps answers, flags and the current question', async ({ page }) => {
  await openNewQuiz(page);
  await start(page);
  await page.getByLabel('Venus', { exact: true }).check();
  await expect(page.getByText('Saved on this device')).toBeVisible();
  await page.getByRole('button', { name: 'Next' }).click();
  await page.getByLabel('Saturn').check();
  await page.getByLabel('Flag for review').check();

  page.on('dialog', dialog => void dialog.accept()); // The browser asks before a reload.
  await page.reload();
  await expect(page.getByRole('heading', { name: /^Question 2 of 5/ })).toBeFocused();
  await expect(page.getByLabel('Saturn')).toBeChecked();
  await expect(page.getByLabel('Flag for review')).toBeChecked();
  await page.getByRole('link', { name: 'Question 1, answered' }).click();
  await expect(page.getByLabel('Venus', { exact: true })).toBeChecked();

  await page.getByRole('link', { name: 'Review and submit' }).click();
  await submit(page);
  await expect(page.getByText('3 questions are not answered and score no points.')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('button', { name: 'Submit answers' })).toBeFocused();
});

test('a quiz can be taken with the keyboard alone', async ({ page }) => {
  await openNewQuiz(page);
  await page.getByRole('button', { name: 'Start quiz' }).press('Enter');
  await expect(page.getByRole('heading', { name: /^Question 1 of 5/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByLabel('Mercury')).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Question 2 of 5/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Question 3 of 5/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Question 4 of 5/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('neptune');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Question 5 of 5/ })).toBeFocused();
  await page.keyboard.press('Tab');
  await page.keyboard.type('1,5');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Review your answers' })).toBeFocused();
  await expect(page.getByText('All questions are answered.')).toBeVisible();
  await page.getByRole('button', { name: 'Submit answers' }).press('Enter');

  await expect(result(page, /^Passed 100%/)).toBeFocused();
});

test('a quiz with a time limit is submitted automatically', async ({ page }) => {
  const course = await openNewQuiz(page, { time_limit_seconds: 8 });
  await expect(page.getByText('8 seconds')).toBeVisible();
  await start(page);
  await expect(page.getByRole('timer')).toHaveText(/^0:0[1-7]$/);
  await page.getByLabel('Mercury').check();

  await expect(result(page, /^Not passed 16.67%/)).toBeVisible();
  await expect(
    page.getByText('Time ran out, so your answers were submitted automatically.'),
  ).toBeVisible();
  expect(await submissionCount(page, course.quiz)).toBe(1);
});

test('an attempt that timed out on another page is listed', async ({ page }) => {
  await openNewQuiz(page, { time_limit_seconds: 2 });
  await start(page);
  await page.evaluate(() => (location.href = 'about:blank')).catch(() => undefined);
  await page.waitForTimeout(4000);
  await page.goBack();

  await expect(page.getByText('Time ran out before anything was submitted.')).toBeVisible();
  await expect(page).not.toHaveURL(/step=/);
  await expect(page.getByRole('button', { name: 'Start another attempt' })).toBeVisible();
});

test('leaving an open attempt asks for confirmation, and returning restores it', async ({
  page,
}) => {
  const course = await openNewQuiz(page, { time_limit_seconds: 600 });
  await start(page);
  await page.getByLabel('Mercury').check();
  const home = page.getByRole('link', { name: 'Learning', exact: true });

  await home.click();
  const dialog = page.getByRole('dialog', { name: 'Leave the quiz?' });
  await expect(dialog).toContainText('your answers are saved on this device');
  await expect(dialog).toContainText('The timer keeps running until');
  expect(await violations(page)).toEqual([]);
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { name: /^Question 1 of 5/ })).toBeVisible();

  await home.click();
  await dialog.getByRole('button', { name: 'Leave quiz' }).click();
  await expect(page).toHaveURL(/\/$/);
  await page.goto(`/quiz/${course.quiz}`);
  await expect(page.getByText('Attempt 1 is open until')).toBeVisible();
  await page.getByRole('button', { name: 'Continue attempt' }).click();
  await expect(page.getByRole('heading', { name: /^Question 2 of 5/ })).toBeFocused();
  await expect(page.getByRole('link', { name: 'Question 1, answered' })).toBeVisible();
});

test('two tabs share the answers, and the attempt is submitted once', async ({ page, context }) => {
  const course = await openNewQuiz(page);
  await start(page);
  const other = await context.newPage();
  await other.goto(`/quiz/${course.quiz}?step=1`);
  await other.getByLabel('Mercury').check();
  await expect(page.getByLabel('Mercury')).toBeChecked();
  await expect(page.getByText('Your answers were changed in another tab')).toBeVisible();

  await other.getByRole('link', { name: 'Review and submit' }).click();
  await submit(other);
  await other.getByRole('button', { name: 'Submit anyway' }).click();
  await expect(result(other, /^Not passed 16.67%/)).toBeVisible();
  await expect(result(page, /^Not passed 16.67%/)).toBeVisible();
  await expect(page.getByText('This attempt was already submitted')).toBeVisible();
  expect(await submissionCount(page, course.quiz)).toBe(1);
});

test('signing out leaves no answers on the device', async ({ page }) => {
  const course = await openNewQuiz(page);
  await start(page);
  await page.getByLabel('Mercury').check();
  const drafts = () =>
    page.evaluate(quiz => Object.keys(localStorage).filter(key => key.includes(quiz)), course.quiz);
  expect(await drafts()).toHaveLength(1);

  page.on('dialog', dialog => void dialog.accept());
  await page.goto('/dashboard');
  await expect(page.getByRole('heading', { level: 1, name: 'My learning' })).toBeVisible();
  expect(await drafts()).toHaveLength(1);
  await openMenu(page);
  await page.getByRole('button', { name: /^ada-/ }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  await expect(
    page.getByRole('heading', { level: 1, name: 'Learn at your own pace' }),
  ).toBeVisible();
  expect(await drafts()).toHaveLength(0);
});

test.describe('with failures', () => {
  test.use({ allowed: [/ERR_FAILED|404/] });

  test('a lost response does not cause a second attempt', async ({ page }) => {
    const course = await openNewQuiz(page);
    await start(page);
    await answerAll(page, course.quiz, true);
    let sent = 0;
    await page.route('**/api/quiz-submissions/', async route => {
      sent++;
      const response = await route.fetch();
      await (sent === 1 ? route.abort() : route.fulfill({ response }));
    });
    await submit(page);
    await expect(page.getByText('Your answers are not submitted yet.')).toBeVisible();
    await page.getByRole('button', { name: 'Submit again' }).click();

    await expect(result(page, /^Passed 100%/)).toBeVisible();
    expect(await submissionCount(page, course.quiz)).toBe(1);
  });

  test('a quiz is not available to users who are not enrolled', async ({ page }) => {
    const course = await createCourse(page);
    await register(page);
    await page.goto(`/quiz/${course.quiz}`);

    await expect(page.getByText('This quiz is not available.')).toBeVisible();
    expect(await violations(page)).toEqual([]);
  });
});

test.describe('without a network', () => {
  test.use({ allowed: [/ERR_INTERNET_DISCONNECTED|ERR_FAILED|504/], serviceWorkers: 'allow' });

  test('answers are saved, and submitted when the network is back', async ({ page, context }) => {
    test.slow(); // The page retries several times.
    const course = await openNewQuiz(page);
    await start(page);
    await waitForOfflineApp(page);
    await context.setOffline(true);
    await expect(page.getByText('You are offline.')).toBeVisible();
    await page.getByLabel('Mercury').check();
    await page.getByRole('link', { name: 'Review and submit' }).click();
    await submit(page);
    await page.getByRole('button', { name: 'Submit anyway' }).click();
    await expect(page.getByText('Your answers are not submitted yet.')).toBeVisible();
    await expect(page.getByText('They are saved on this device.')).toBeVisible();
    expect(await violations(page)).toEqual([]);

    await context.setOffline(false);
    await expect(result(page, /^Not passed 16.67%/)).toBeVisible();
    expect(await submissionCount(page, course.quiz)).toBe(1);
  });
});
