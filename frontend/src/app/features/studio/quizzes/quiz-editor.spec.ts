import { LiveAnnouncer } from '@angular/cdk/a11y';
import { TestBed } from '@angular/core/testing';

import { dropInList, findConflictDialog, visitStudio } from '../testing';

const QUESTION = { tolerance: null, points: 1, explanation: '', choices: [] as object[] };
const FIRST = {
  ...QUESTION,
  id: 'x',
  kind: 'single',
  text: 'Deep?',
  answer: '',
  choices: [
    { id: '1', text: 'Yes', is_correct: true },
    { id: '2', text: 'No', is_correct: false },
  ],
};
const SECOND = {
  ...QUESTION,
  id: 'y',
  kind: 'numeric',
  text: 'How deep?',
  answer: '12',
  points: 2,
};
const QUIZ = {
  id: 'q',
  lesson: 'a',
  title: 'Which roots?',
  pass_mark: 70,
  max_attempts: 3 as number | null,
  time_limit_seconds: 90 as number | null,
  grading: 'highest',
  partial_credit: false,
  shuffle: false,
  show_key: 'after_submit',
  problems: [] as object[],
  questions: [FIRST, SECOND] as object[],
};
const TAGGED = { headers: { ETag: '"1"' } };

describe('the quiz editor', () => {
  async function open(quiz: object = QUIZ, view = '') {
    const visited = await visitStudio(`/courses/1/quizzes/q${view}`);
    await visited.answer('GET', '/api/quizzes/q/', quiz, TAGGED);
    const questionTexts = () =>
      [...visited.page.querySelectorAll('.question')].map(p => p.textContent?.trim());
    const setting = (name: string) =>
      visited.find<HTMLInputElement>(`aside [formControlName="${name}"]`);
    const submitSettings = () => visited.submit('aside form');
    return { ...visited, questionTexts, setting, submitSettings };
  }

  it('shows the questions with their correct answers and problems', async () => {
    const { questionTexts, page, text } = await open({
      ...QUIZ,
      problems: [{ question: 'y', code: 'no_answer' }],
    });

    expect(questionTexts()).toEqual(['1. Deep?', '2. How deep?']);
    expect(page.querySelector('.choices .correct')?.textContent).toContain('Yes');
    expect(page.querySelectorAll('.choices .correct')).toHaveLength(1);
    for (const fact of [
      'Single choice',
      '2 points',
      '12',
      'This question has no correct answer.',
    ]) {
      expect(text()).toContain(fact);
    }
  });

  it('says that the quiz has no questions', async () => {
    const problems = [{ question: null, code: 'no_questions' }];
    const { text } = await open({ ...QUIZ, questions: [], problems });

    expect(text()).toContain('This quiz has no questions yet.');
  });

  it('moves a question with its buttons', async () => {
    const { find, settle, questionTexts, answer } = await open();
    const announce = vi.spyOn(TestBed.inject(LiveAnnouncer), 'announce');
    find('[aria-label="Move up: How deep?"]').click();
    await settle();

    expect(questionTexts()).toEqual(['1. How deep?', '2. Deep?']);
    expect(announce).toHaveBeenCalledWith('It is now question 1.');
    const request = await answer('PUT', '/api/quizzes/q/questions/order/');
    expect(request.body).toEqual({ questions: ['y', 'x'] });
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [SECOND, FIRST] }, TAGGED);
    expect(questionTexts()).toEqual(['1. How deep?', '2. Deep?']);
  });

  it('moves a question by dragging, and moves it back if that fails', async () => {
    const { find, settle, questionTexts, answer, report, http } = await open();
    const drop = async (from: number, to: number) => {
      dropInList(find('ol'), from, to);
      await settle();
    };
    await drop(0, 0);
    http.expectNone('/api/quizzes/q/questions/order/');
    await drop(0, 1);
    expect(questionTexts()).toEqual(['1. How deep?', '2. Deep?']);
    await answer('PUT', '/api/quizzes/q/questions/order/', {}, { status: 503 });

    expect(questionTexts()).toEqual(['1. Deep?', '2. How deep?']);
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('deletes a question after confirmation', async () => {
    const { click, answer, ask, questionTexts, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('DeleteHow deep?');
    http.expectNone('/api/questions/y/');

    await click('DeleteHow deep?');
    await answer('DELETE', '/api/questions/y/', null, { status: 204 });
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [FIRST] }, TAGGED);
    expect(questionTexts()).toEqual(['1. Deep?']);
  });

  it('saves changed settings in the units of the API', async () => {
    const { setting, submitSettings, type, answer, snackbar, settle } = await open();
    expect(setting('minutes').value).toBe('1.5');
    expect(setting('max_attempts').value).toBe('3');
    await type('aside [formControlName=minutes]', '2,5');
    await type('aside [formControlName=max_attempts]', '');
    await type('aside [formControlName=grading]', 'average', 'change');
    setting('shuffle').click();
    await settle();
    await submitSettings();
    const changed = {
      time_limit_seconds: 150,
      max_attempts: null,
      grading: 'average',
      shuffle: true,
    };
    const request = await answer('PATCH', '/api/quizzes/q/', { ...QUIZ, ...changed }, TAGGED);

    expect(request.body).toEqual(changed);
    expect(request.headers.get('If-Match')).toBe('"1"');
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    expect(setting('minutes').value).toBe('2.5');
  });

  it('rejects invalid settings and shows validation errors', async () => {
    const { submitSettings, type, answer, http, find, text } = await open();
    await type('aside [formControlName=max_attempts]', '0');
    await submitSettings();
    http.expectNone('/api/quizzes/q/');
    expect(text()).toContain('Enter a valid value.');

    await type('aside [formControlName=max_attempts]', '');
    await submitSettings();
    const refused = { pass_mark: ['Too much.'], time_limit_seconds: ['Too long.'] };
    await answer('PATCH', '/api/quizzes/q/', refused, { status: 400 });
    expect(find('aside mat-error').textContent).toContain('Too much.');
    expect(find('aside [role=alert]').textContent).toContain('Too long.');
  });

  it('shows conflicting settings as readable text', async () => {
    const { submitSettings, type, answer, setting, find } = await open({
      ...QUIZ,
      time_limit_seconds: null,
    });
    await type('aside [formControlName=minutes]', '5');
    await type('aside [formControlName=show_key]', 'never', 'change');
    await submitSettings();
    await answer('PATCH', '/api/quizzes/q/', {}, { status: 412 });
    const theirs = { ...QUIZ, time_limit_seconds: 600, show_key: 'after_pass' };
    await answer('GET', '/api/quizzes/q/', theirs, TAGGED);
    const dialog = await findConflictDialog();
    expect(dialog.texts()).toEqual(['After passing', 'Never', '10', '5']);
    dialog.press('Keep editing');
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('aside form button').disabled).toBe(false),
    );

    expect(setting('minutes').value).toBe('5');
  });

  it('regrades after confirmation and shows how many grades changed', async () => {
    const { click, answer, ask, snackbar, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Regrade');
    http.expectNone('/api/quizzes/q/regrade/');

    await click('Regrade');
    await answer('POST', '/api/quizzes/q/regrade/', {}, { status: 202 });
    await answer('GET', '/api/quizzes/q/regrade/', { finished_at: null, total_changes: 0 });
    await vi.waitFor(
      () => answer('GET', '/api/quizzes/q/regrade/', { finished_at: 'now', total_changes: 1001 }),
      { timeout: 3000 },
    );
    expect(snackbar.show).toHaveBeenCalledWith('Regrading finished: 1001 grades changed.');
  });

  it('reports an error if regrading fails', async () => {
    const { click, answer, report } = await open();
    await click('Regrade');
    await answer('POST', '/api/quizzes/q/regrade/', {}, { status: 503 });
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('asks before leaving with unsaved settings or an unsaved question', async () => {
    const { type, click, ask, url, expectUrl, fill } = await open();
    await fill('Title', 'Roots?');
    ask.mockResolvedValueOnce(false);
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(url()).toBe('/studio/courses/1/quizzes/q');
    await fill('Title', QUIZ.title);

    await click('Numeric answer');
    await type('lms-question-editor textarea', 'How long?');
    ask.mockResolvedValueOnce(false);
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(2);
    expect(url()).toBe('/studio/courses/1/quizzes/q');
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(3);
    await expectUrl('/studio/courses/1/students');
  });

  it('shows an error and can retry', async () => {
    const { answer, click, text } = await visitStudio('/courses/1/quizzes/q');
    await answer('GET', '/api/quizzes/q/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/quizzes/q/', QUIZ, TAGGED);
    expect(text()).toContain('How deep?');
  });

  describe('previewed as a student', () => {
    const ALL_KINDS = [
      FIRST,
      { ...FIRST, id: 'm', kind: 'multiple', text: 'Which hold?', explanation: 'Secret why.' },
      { ...SECOND, kind: 'true_false', id: 't', text: 'They drink.', answer: 'true' },
      { ...SECOND, kind: 'short_text', id: 's', text: 'What drinks?', answer: 'Secret roots' },
      { ...SECOND, answer: '4711' },
    ];

    it('shows the questions without the answer key', async () => {
      const { click, page, text, url } = await open({ ...QUIZ, questions: ALL_KINDS });
      await click('Preview as student', 'a');
      expect(url()).toBe('/studio/courses/1/quizzes/q?view=student');

      const questions = [...page.querySelectorAll('lms-quiz-preview fieldset')];
      expect(questions.map(one => one.querySelectorAll('input[type=radio]').length)).toEqual([
        2, 0, 2, 0, 0,
      ]);
      expect(questions.map(one => one.querySelectorAll('input[type=checkbox]').length)).toEqual([
        0, 2, 0, 0, 0,
      ]);
      expect(questions.map(one => one.querySelectorAll('input[type=text]').length)).toEqual([
        0, 0, 0, 1, 1,
      ]);
      expect(page.innerHTML).not.toMatch(/Secret|4711|is_correct|class="[^"]*right/);
      expect(page.querySelectorAll('lms-quiz-preview input:checked')).toHaveLength(0);
      expect(text()).toContain('70%');
    });

    it('can be tried out and sends nothing', async () => {
      const { page, http, settle, click } = await open(QUIZ, '?view=student');
      page.querySelector<HTMLInputElement>('lms-quiz-preview input')!.click();
      await settle();
      expect(page.querySelectorAll('lms-quiz-preview input:checked')).toHaveLength(1);
      http.match(one => one.method === 'GET');
      http.verify();

      await click('Back to editing', 'a');
      expect(page.querySelector('lms-quiz-preview')).toBeNull();
      http.verify();
    });

    it('says that there is nothing to preview', async () => {
      const { text } = await open({ ...QUIZ, questions: [] }, '?view=student');
      expect(text()).toContain('Nothing to preview yet.');
    });
  });
});
