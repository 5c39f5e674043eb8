import { LiveAnnouncer } from '@angular/cdk/a11y';
import { CdkDragDrop, CdkDropList } from '@angular/cdk/drag-drop';
import { getDebugNode } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { visitStudio } from '../testing';

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
    const asked = () =>
      [...visited.page.querySelectorAll('.question')].map(p => p.textContent?.trim());
    const rule = (name: string) =>
      visited.find<HTMLInputElement>(`aside [formControlName="${name}"]`);
    const rules = () => visited.submit('aside form');
    return { ...visited, asked, rule, rules };
  }

  it('shows the questions with their key, and what keeps them from being asked', async () => {
    const { asked, page, text } = await open({
      ...QUIZ,
      problems: [{ question: 'y', code: 'no_answer' }],
    });

    expect(asked()).toEqual(['1. Deep?', '2. How deep?']);
    expect(page.querySelector('.choices .right')?.textContent).toContain('Yes');
    expect(page.querySelectorAll('.choices .right')).toHaveLength(1);
    for (const fact of ['One right choice', '2 points', '12', 'It has no right answer.']) {
      expect(text()).toContain(fact);
    }
  });

  it('says that there is nothing to ask yet', async () => {
    const problems = [{ question: null, code: 'no_questions' }];
    const { text } = await open({ ...QUIZ, questions: [], problems });

    expect(text()).toContain('It has no questions yet.');
  });

  it('moves a question by its buttons, at once', async () => {
    const { find, settle, asked, answer } = await open();
    const announce = vi.spyOn(TestBed.inject(LiveAnnouncer), 'announce');
    find('[aria-label="Move up: How deep?"]').click();
    await settle();

    expect(asked()).toEqual(['1. How deep?', '2. Deep?']);
    expect(announce).toHaveBeenCalledWith('It is question 1 now.');
    const request = await answer('PUT', '/api/quizzes/q/questions/order/');
    expect(request.body).toEqual({ questions: ['y', 'x'] });
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [SECOND, FIRST] }, TAGGED);
    expect(asked()).toEqual(['1. How deep?', '2. Deep?']);
  });

  it('moves a question by dragging it, and puts it back where that failed', async () => {
    const { find, settle, asked, answer, report, http } = await open();
    const list = getDebugNode(find('ol'))!.injector.get(CdkDropList);
    const drop = async (previousIndex: number, currentIndex: number) => {
      list.dropped.emit({ previousIndex, currentIndex } as CdkDragDrop<unknown>);
      await settle();
    };
    await drop(0, 0);
    http.expectNone('/api/quizzes/q/questions/order/');
    await drop(0, 1);
    expect(asked()).toEqual(['1. How deep?', '2. Deep?']);
    await answer('PUT', '/api/quizzes/q/questions/order/', {}, { status: 503 });

    expect(asked()).toEqual(['1. Deep?', '2. How deep?']);
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('deletes a question where one agrees', async () => {
    const { click, answer, ask, asked, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('DeleteHow deep?');
    http.expectNone('/api/questions/y/');

    await click('DeleteHow deep?');
    await answer('DELETE', '/api/questions/y/', null, { status: 204 });
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [FIRST] }, TAGGED);
    expect(asked()).toEqual(['1. Deep?']);
  });

  it('saves the rules that were changed, in the server’s units', async () => {
    const { rule, rules, type, answer, snackbar, settle } = await open();
    expect(rule('minutes').value).toBe('1.5');
    expect(rule('max_attempts').value).toBe('3');
    await type('aside [formControlName=minutes]', '2,5');
    await type('aside [formControlName=max_attempts]', '');
    await type('aside [formControlName=grading]', 'average', 'change');
    rule('shuffle').click();
    await settle();
    await rules();
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
    expect(rule('minutes').value).toBe('2.5');
  });

  it('sends no rules that cannot be, and shows what the server refuses', async () => {
    const { rules, type, answer, http, find, text } = await open();
    await type('aside [formControlName=max_attempts]', '0');
    await rules();
    http.expectNone('/api/quizzes/q/');
    expect(text()).toContain('Enter a valid value.');

    await type('aside [formControlName=max_attempts]', '');
    await rules();
    const refused = { pass_mark: ['Too much.'], time_limit_seconds: ['Too long.'] };
    await answer('PATCH', '/api/quizzes/q/', refused, { status: 400 });
    expect(find('aside mat-error').textContent).toContain('Too much.');
    expect(find('aside [role=alert]').textContent).toContain('Too long.');
  });

  it('shows both rules where another has changed the same, in words', async () => {
    const { rules, type, answer, rule, find } = await open({ ...QUIZ, time_limit_seconds: null });
    await type('aside [formControlName=minutes]', '5');
    await type('aside [formControlName=show_key]', 'never', 'change');
    await rules();
    await answer('PATCH', '/api/quizzes/q/', {}, { status: 412 });
    const theirs = { ...QUIZ, time_limit_seconds: 600, show_key: 'after_pass' };
    await answer('GET', '/api/quizzes/q/', theirs, TAGGED);
    const dialog = await vi.waitFor(() => {
      const shown = document.querySelector('mat-dialog-container');
      expect(shown?.querySelector('textarea')).toBeTruthy();
      return shown!;
    });
    expect([...dialog.querySelectorAll('textarea')].map(box => box.value)).toEqual([
      'Once one has passed',
      'Never',
      '10',
      '5',
    ]);
    [...dialog.querySelectorAll('button')].find(one => one.textContent?.includes('Keep'))!.click();
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('aside form button').disabled).toBe(false),
    );

    expect(rule('minutes').value).toBe('5');
  });

  it('grades again where one agrees, and says what changed', async () => {
    const { click, answer, ask, snackbar, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Grade again');
    http.expectNone('/api/quizzes/q/regrade/');

    await click('Grade again');
    await answer('POST', '/api/quizzes/q/regrade/', {}, { status: 202 });
    await answer('GET', '/api/quizzes/q/regrade/', { finished_at: null, changes: [] });
    await vi.waitFor(
      () => answer('GET', '/api/quizzes/q/regrade/', { finished_at: 'now', changes: [{}, {}] }),
      { timeout: 3000 },
    );
    expect(snackbar.show).toHaveBeenCalledWith('Graded again: 2 results changed.');
  });

  it('says what failed in grading again', async () => {
    const { click, answer, report } = await open();
    await click('Grade again');
    await answer('POST', '/api/quizzes/q/regrade/', {}, { status: 503 });
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('asks before one leaves what is not saved, be it a rule or a question', async () => {
    const { type, click, ask, url } = await open();
    await type('aside [formControlName=title]', 'Roots?');
    ask.mockResolvedValueOnce(false);
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(url()).toBe('/studio/courses/1/quizzes/q');
    await type('aside [formControlName=title]', QUIZ.title);

    await click('A number');
    await type('lms-question-editor textarea', 'How long?');
    ask.mockResolvedValueOnce(false);
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(2);
    expect(url()).toBe('/studio/courses/1/quizzes/q');
    await click('Students', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(3);
    await vi.waitFor(() => expect(url()).toBe('/studio/courses/1/students'));
  });

  it('says what failed', async () => {
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

    it('asks what they are asked, without the key', async () => {
      const { click, page, text, url } = await open({ ...QUIZ, questions: ALL_KINDS });
      await click('Preview as a student', 'a');
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

    it('can be tried, and sends nothing', async () => {
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

    it('says that there is nothing to ask', async () => {
      const { text } = await open({ ...QUIZ, questions: [] }, '?view=student');
      expect(text()).toContain('There is nothing to preview yet.');
    });
  });
});
