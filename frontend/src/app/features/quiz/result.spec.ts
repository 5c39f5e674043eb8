import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';

import {
  QUESTIONS,
  QUIZ,
  QUIZ_URL,
  RESULT,
  STARTED,
  SUBMISSIONS,
  focusedText,
  setUpQuizPage,
} from './testing';

describe('the result', () => {
  const { visit, answer, expectRequest, answerQuiz, page, text, textsOf, url, find, press } =
    setUpQuizPage();

  async function openResult(submission: object = {}, quiz: object = {}): Promise<void> {
    await visit('/quiz/q1?submission=s1');
    expectRequest('GET', QUIZ_URL).flush({ ...QUIZ, my_attempts: 1, ...quiz });
    await answer(expectRequest('GET', `${SUBMISSIONS}s1/`), { ...RESULT, ...submission });
  }

  const rows = () => textsOf('lms-quiz-result ol > li');

  it('shows the score and the feedback for each question', async () => {
    await openResult();

    expect(page().querySelectorAll('h1')).toHaveLength(1);
    expect(TestBed.inject(Title).getTitle()).toBe('Result: The planets · Learning');
    expect(focusedText()).toBe('Not passed 50%');
    expect(text()).toContain('2.5 of 5 points');
    expect(text()).toContain('Pass mark: 70%');
    const [single, multiple, truth, words, number] = rows();
    expect(single).toMatch(/✗ Incorrect 0 of 1 points Venus Your answer Mars ✓ Correct answer/);
    expect(single).toContain('Mars it is.');
    expect(multiple).toMatch(
      /Partially correct 0.5 of 1 points Saturn Your answer ✓ Correct answer/,
    );
    expect(multiple).toMatch(/Uranus ✓ Correct answer Earth$/);
    expect(truth).toMatch(/✓ Correct 1 of 1 points Your answer False Correct answer False/);
    expect(words).toMatch(/Not answered 0 of 1 points Your answer None/);
    expect(words).toContain('Correct answer Neptune / planet Neptune');
    expect(number).toContain('Your answer 1,5 Correct answer 1.5');
  });

  it('shows the tolerance of a numeric answer', async () => {
    const questions = QUESTIONS.map(question => ({ ...question, tolerance: 0.05 }));
    await openResult({ questions });

    expect(rows()[4]).toContain('Correct answer 1.5 ± 0.05');
  });

  it.each([
    ['after_pass', 'after you pass'],
    ['never', 'does not show the correct answers'],
  ])('explains when the correct answers are shown: %s', async (show_key, expected) => {
    const feedback = RESULT.feedback.map(({ question, points, max_points, correct }) => ({
      question,
      points,
      max_points,
      correct,
    }));
    await openResult({ feedback }, { show_key });

    expect(text()).toContain(expected);
    expect(text()).not.toContain('Correct answer');
    expect(rows()[0]).toContain('Venus Your answer Mars');
  });

  it('offers another attempt while attempts are left', async () => {
    await openResult();
    expect(text()).toContain('2 attempts left');
    await press('Try again');
    const again = { ...STARTED, attempt: 2 };
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), again, 201);

    expect(url()).toBe('/quiz/q1?step=1');
    expect(focusedText()).toMatch(/^Question 1 of 5/);
  });

  it('shows why no other attempt could be started', async () => {
    await openResult();
    await press('Try again');
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), { detail: 'No.', code: 'x' }, 409);

    expect(page().querySelector('[role=alert]')?.textContent).toContain('No.');
  });

  it('offers no other attempt if none are left', async () => {
    await openResult({}, { my_attempts: 3 });

    expect(text()).toContain('No attempts left.');
    expect(page().querySelector('button')).toBeNull();
    expect(find('a', 'Back to lesson').getAttribute('href')).toBe('/learn/c1/l1');
  });

  it('links back to the course after passing', async () => {
    await openResult({ passed: true, percentage: 100 });

    expect(focusedText()).toBe('Passed 100%');
    expect(find('a.button', 'Continue learning').getAttribute('href')).toBe('/learn/c1');
    expect(page().querySelector('button')).toBeNull();
  });

  it('shows the student’s name to an instructor', async () => {
    await openResult({ student: { id: 'bob', username: 'bob' } });
    expect(text()).toContain('Submitted by bob');
    expect(page().querySelector('button')).toBeNull();
  });

  it('shows no name for the user’s own submission', async () => {
    await openResult({ student: { id: 'ada', username: 'ada' } });

    expect(text()).not.toContain('Submitted by');
    expect(find('button', 'Try again')).toBeTruthy();
  });

  it('shows that the student’s account was deleted', async () => {
    await openResult({ student: null });
    expect(text()).toContain('Submitted by deleted user');
  });

  it('shows an error and can retry', async () => {
    await visit('/quiz/q1?submission=s1');
    await answerQuiz();
    await answer(
      expectRequest('GET', `${SUBMISSIONS}s1/`),
      { detail: 'Away.', request_id: 'f00d' },
      503,
    );
    expect(text()).toContain('This result could not be loaded.');
    await press('Try again');
    await answer(expectRequest('GET', `${SUBMISSIONS}s1/`), RESULT);

    expect(focusedText()).toBe('Not passed 50%');
  });
});
