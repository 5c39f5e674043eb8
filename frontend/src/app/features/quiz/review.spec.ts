import {
  DRAFT_KEY,
  QUIZ_URL,
  RESULT,
  SUBMISSIONS,
  focusedText,
  saveDraft,
  settle,
  setUpQuizPage,
  textOf,
} from './testing';

describe('the review', () => {
  const {
    confirm,
    scrollIntoView,
    answer,
    expectRequest,
    expectNoRequest,
    answerQuiz,
    answerAttempts,
    openAttempt,
    page,
    text,
    textsOf,
    url,
    find,
    press,
  } = setUpQuizPage();

  it('lists all questions with their answers and links to them', async () => {
    saveDraft({
      answers: {
        n1: { choices: ['mars'] },
        n2: { choices: ['saturn', 'uranus'] },
        n3: { text: 'true' },
      },
      marked: ['n3'],
    });
    await openAttempt('review');

    const rows = textsOf('lms-quiz-review li');
    expect(rows[0]).toMatch(/Mars$/);
    expect(rows[1]).toMatch(/Saturn; Uranus$/);
    expect(rows[2]).toMatch(/True Flagged for review$/);
    expect(rows[3]).toMatch(/Not answered$/);
    expect(text()).toContain('2 questions are not answered yet.');
    find('lms-quiz-review a', 'Question 4:').click();
    await settle();
    expect(url()).toBe('/quiz/q1?step=4');
  });

  it('asks for confirmation if answers are missing', async () => {
    await openAttempt('review');
    await press('Submit answers');
    expect(focusedText()).toContain('5 questions are not answered and score no points.');
    expectNoRequest(SUBMISSIONS);

    await press('Cancel');
    expect(focusedText()).toBe('Submit answers');
    await press('Submit answers');
    page()
      .querySelector('.confirmation')!
      .dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape' }));
    await settle();
    expectNoRequest(SUBMISSIONS);

    await press('Submit answers');
    await press('Submit anyway');
    expectRequest('POST', SUBMISSIONS);
    expect(text()).toContain('Submitting…');
  });

  async function submitAll(): Promise<void> {
    const answers = {
      n1: { choices: ['venus'] },
      n2: { choices: ['saturn'] },
      n3: { text: 'false' },
      n4: { text: 'Pluto' },
      n5: { text: '1,5' },
    };
    saveDraft({ answers, marked: [] });
    await openAttempt('review');
    expect(text()).toContain('All questions are answered.');
    await press('Submit answers');
  }

  it('submits the answers and shows the result', async () => {
    await submitAll();
    await answer(expectRequest('POST', SUBMISSIONS), RESULT, 201);

    expect(url()).toBe('/quiz/q1?submission=s1');
    expect(focusedText()).toBe('Not passed 50%');
    expect(localStorage.getItem(DRAFT_KEY)).toBeNull();
    expect(confirm.dismiss).toHaveBeenCalled();
    expectNoRequest(`${SUBMISSIONS}s1/?expand=student`);
    await answerQuiz({ my_attempts: 1, my_grade: 50 });
    expect(text()).toContain('2 attempts left');
  });

  it('shows the result even if the progress cannot be loaded', async () => {
    await submitAll();
    await answer(expectRequest('POST', SUBMISSIONS), RESULT, 201);
    expectRequest('GET', QUIZ_URL).error(new ProgressEvent('error'));
    await settle();

    expect(focusedText()).toBe('Not passed 50%');
  });

  it('shows that the submission failed and repeats it', async () => {
    await submitAll();
    expectRequest('POST', SUBMISSIONS).error(new ProgressEvent('error'));
    await settle();
    const alert =
      page().querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
    expect(alert).toContain('Your answers are not submitted yet.');
    expect(alert).toContain('Could not reach the server.');
    expect(alert).toContain('They are saved on this device.');
    expect(alert).toContain('submitted automatically');
    expect(scrollIntoView.mock.contexts).toEqual([
      page().querySelector('lms-quiz-submission-status'),
    ]);
    expect(page().querySelectorAll('button')).toHaveLength(1);
    await press('Submit again');
    await answer(expectRequest('POST', SUBMISSIONS), RESULT, 201);

    expect(url()).toBe('/quiz/q1?submission=s1');
  });

  it('shows why the server rejected the answers', async () => {
    await submitAll();
    const error = { detail: 'You are not enrolled.', code: 'not_enrolled', request_id: 'f00d' };
    await answer(expectRequest('POST', SUBMISSIONS), error, 403);

    const alert =
      page().querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
    expect(alert).toContain('You are not enrolled.');
    expect(alert).toContain('f00d');
    expect(alert).not.toContain('automatically');
  });

  it('shows the result of an attempt that was submitted elsewhere', async () => {
    await submitAll();
    const error = { detail: 'It was submitted.', code: 'already_submitted' };
    await answer(expectRequest('POST', SUBMISSIONS), error, 409);
    await answerQuiz({ my_open: null, my_attempts: 1 });
    await answerAttempts([{ id: 's1', attempt: 1 }]);
    await answerQuiz({ my_open: null, my_attempts: 1 });
    await answer(expectRequest('GET', `${SUBMISSIONS}s1/`), RESULT);

    expect(url()).toBe('/quiz/q1?submission=s1');
    expect(text()).toContain('This attempt was already submitted');
  });

  it('says that time ran out before the answers arrived', async () => {
    await submitAll();
    await answer(expectRequest('POST', SUBMISSIONS), { detail: 'Over.', code: 'time_is_up' }, 409);
    await answerQuiz({ my_open: null, my_attempts: 1 });
    await answerAttempts([]);
    await answerQuiz({ my_open: null, my_attempts: 1 });

    expect(url()).toBe('/quiz/q1');
    expect(textOf(page().querySelector('[role=alert]'))).toContain(
      'Time for attempt 1 ran out before your answers reached the server',
    );
    expect(find('button', 'Start another attempt')).toBeTruthy();
  });
});
