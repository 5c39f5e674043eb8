import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';

import {
  DRAFT_KEY,
  OPEN,
  QUIZ,
  QUIZ_URL,
  RESULT,
  STARTED,
  SUBMISSIONS,
  focusedText,
  saveDraft,
  setUpQuizPage,
} from './testing';

describe('the instructions', () => {
  const {
    visit,
    answer,
    expectRequest,
    expectNoRequest,
    answerQuiz,
    answerAttempts,
    openInstructions,
    page,
    text,
    textsOf,
    url,
    find,
    press,
  } = setUpQuizPage();

  it('show the rules and link to the lesson', async () => {
    await openInstructions({ partial_credit: true });

    expect(page().querySelector('h1')?.textContent).toBe('The planets');
    expect(TestBed.inject(Title).getTitle()).toBe('The planets · Learning');
    expect(find('a', 'Planets').getAttribute('href')).toBe('/learn/c1/l1');
    const facts = textsOf('dl div');
    expect(facts).toEqual([
      'Questions 5',
      'Points 5',
      'Pass mark 70%',
      'Time limit No limit',
      'Attempts 0 of 3 used',
    ]);
    expect(text()).toContain('Your best attempt counts.');
    expect(text()).toContain('give partial credit');
    expect(text()).toContain('3 attempts left');
    expect(text()).toContain('No attempts yet.');
  });

  it.each([
    [{ grading: 'latest' }, 'Your latest attempt counts.'],
    [{ grading: 'first' }, 'Your first attempt counts'],
    [{ grading: 'average' }, 'The average of your attempts counts.'],
    [{ show_key: 'after_submit' }, 'after you submit'],
    [{ show_key: 'after_pass' }, 'after you pass'],
    [{ show_key: 'never' }, 'but not the correct answers'],
    [{ time_limit_seconds: 900 }, '15 minutes'],
    [{ time_limit_seconds: 900 }, 'keeps running if you leave'],
    [{ max_attempts: null }, 'Attempts No limit'],
  ])('explain %o', async (quiz, expected) => {
    await openInstructions(quiz);

    expect(text()).toContain(expected);
  });

  it('do not mention the grading method if there is only one attempt', async () => {
    await openInstructions({ max_attempts: 1 });

    expect(text()).not.toContain('attempt counts');
    expect(text()).toContain('1 attempt left');
  });

  it('list the attempts, including those that timed out', async () => {
    const submitted = { ...RESULT, id: 's3', attempt: 3, passed: true, percentage: 83.33 };
    await openInstructions({ my_attempts: 3, my_grade: 83.33, my_passed: true }, [
      submitted,
      { ...RESULT, id: 's1', attempt: 1 },
    ]);

    const rows = textsOf('lms-quiz-attempt-list li');
    expect(rows[0]).toMatch(/Attempt 3 Passed 83.33% \(2.5 of 5 points\)/);
    expect(rows[1]).toMatch(/Attempt 2 Time ran out/);
    expect(rows[2]).toMatch(/Attempt 1 Not passed 50%/);
    expect(find('a', 'Attempt 3').getAttribute('href')).toBe('/quiz/q1?submission=s3');
    expect(text()).toContain('Your grade: 83.33%');
  });

  it('load earlier attempts on request', async () => {
    await visit();
    await answerQuiz({ my_attempts: 22, max_attempts: null });
    const firstPage = expectRequest('GET', SUBMISSIONS);
    expect(firstPage.request.params.toString()).toBe('quiz=q1&student=ada&page_size=20');
    await answer(firstPage, {
      count: 22,
      next: 'http://proxy.example/api/quiz-submissions/?cursor=after-x&quiz=q1',
      previous: null,
      results: [{ ...RESULT, id: 's22', attempt: 22 }],
    });
    expect(page().querySelectorAll('lms-quiz-attempt-list li')).toHaveLength(1);
    await press('Show earlier attempts');
    await answer(expectRequest('GET', `${SUBMISSIONS}?cursor=after-x&quiz=q1`), {
      count: 22,
      next: null,
      previous: null,
      results: [{ ...RESULT, id: 's21', attempt: 21 }],
    });

    expect(page().querySelectorAll('lms-quiz-attempt-list li')).toHaveLength(22);
    expect(text()).not.toContain('Show earlier attempts');
  });

  it('show an error if the attempts cannot be loaded', async () => {
    await visit();
    await answerQuiz({ my_attempts: 1 });
    await answer(expectRequest('GET', SUBMISSIONS), { detail: 'Away.', request_id: 'f00d' }, 503);
    expect(text()).toContain('Your attempts could not be loaded.');
    await press('Try again');
    await answerAttempts([RESULT]);

    expect(find('a', 'Attempt 1')).toBeTruthy();
  });

  it('start an attempt at its first question', async () => {
    await openInstructions();
    await press('Start quiz');
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), STARTED, 201);

    expect(url()).toBe('/quiz/q1?step=1');
    expect(focusedText()).toMatch(/^Question 1 of 5/);
    expect(TestBed.inject(Title).getTitle()).toBe('Question 1: The planets · Learning');
  });

  it('start one attempt even if the button is clicked twice', async () => {
    await openInstructions();
    find('button', 'Start quiz').click();
    find('button', 'Start quiz').click();

    expectRequest('POST', `${QUIZ_URL}start/`);
  });

  it('continue the open attempt at the first unanswered question', async () => {
    saveDraft({ answers: { n1: { choices: ['mars'] } }, marked: [] });
    await openInstructions({ my_open: OPEN, my_attempts: 1 });
    expect(text()).toContain('Attempt 1 has been open since');
    await press('Continue attempt');
    await answerQuiz({ my_open: OPEN, my_attempts: 1 });
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), STARTED);

    expect(url()).toBe('/quiz/q1?step=2');
  });

  it('do not start another attempt if the open attempt is over', async () => {
    await openInstructions({ my_open: OPEN, my_attempts: 1 });
    await press('Continue attempt');
    await answerQuiz({ my_open: null, my_attempts: 1 });

    expectNoRequest(`${QUIZ_URL}start/`);
    expect(page().querySelector('[role=alert]')?.textContent).toContain('no longer open');
    expect(find('button', 'Start another attempt')).toBeTruthy();
  });

  it('show the end of an open attempt by the device’s clock', async () => {
    const deadline = '2026-05-04T10:10:00Z';
    await visit();
    await answerQuiz({ my_open: { ...OPEN, deadline }, time_limit_seconds: 600, my_attempts: 1 });

    const end = new Date(Date.now() + 600_000);
    const format = new Intl.DateTimeFormat('en-US', { hour: 'numeric', minute: '2-digit' });
    expect(text()).toContain(`Attempt 1 is open until ${format.format(end).replace(/\s/g, ' ')}`);
  });

  it('say that all attempts are used', async () => {
    await openInstructions({ my_attempts: 3 });

    expect(text()).toContain('You have used all your attempts');
    expect(page().querySelector('button')).toBeNull();
    expect(find('a.button', 'Back to lesson')).toBeTruthy();
  });

  it('say that the quiz has no questions yet', async () => {
    await openInstructions({ question_count: 0 });

    expect(text()).toContain('not ready yet');
    expect(page().querySelector('button')).toBeNull();
  });

  it.each([
    ['quiz_not_ready', 409, 'not ready yet'],
    ['not_enrolled', 403, 'Enroll in the course again'],
    ['unknown', 500, 'The attempt could not be started.'],
  ])('explain why no attempt could be started: %s', async (code, status, expected) => {
    await openInstructions();
    await press('Start quiz');
    const error = { detail: `Because: ${code}.`, code, request_id: 'f00d' };
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), error, status);

    expect(page().querySelector('[role=alert]')?.textContent).toContain(`Because: ${code}.`);
    expect(text()).toContain(expected);
    expect(text()).toContain('f00d');
    expect(url()).toBe('/quiz/q1');
  });

  it('refresh the progress if no attempts are left', async () => {
    await openInstructions({ my_attempts: 2 });
    await press('Start another attempt');
    const error = { detail: 'You have no attempt left.', code: 'no_attempts_left' };
    await answer(expectRequest('POST', `${QUIZ_URL}start/`), error, 409);
    await answerQuiz({ my_attempts: 3 });

    expect(text()).toContain('You have used all your attempts');
  });

  it('tell an instructor that only enrolled students can take the quiz', async () => {
    const { my_attempts, my_grade, my_passed, my_open, ...rest } = QUIZ;
    void [my_attempts, my_grade, my_passed, my_open];
    await visit();
    await answer(expectRequest('GET', QUIZ_URL), rest);

    expect(text()).toContain('You are not enrolled in this course');
    expect(find('a.button', 'Go to course').getAttribute('href')).toBe('/courses/c1');
    expect(page().querySelector('button')).toBeNull();
    expectNoRequest(SUBMISSIONS);
  });

  it('remove the drafts of finished attempts from the device', async () => {
    localStorage.setItem(DRAFT_KEY, '{}');
    await openInstructions({ my_attempts: 1 });

    expect(localStorage.getItem(DRAFT_KEY)).toBeNull();
  });
});
