import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router } from '@angular/router';

import {
  DRAFT_KEY,
  OPEN,
  QUIZ_URL,
  RESULT,
  SUBMISSIONS,
  focusedText,
  saveDraft,
  savedAnswers,
  settle,
  setUpQuizPage,
  withFullStorage,
} from './testing';

describe('the attempt page', () => {
  const {
    visit,
    answer,
    expectRequest,
    expectNoRequest,
    answerQuiz,
    answerAttempts,
    openAttempt,
    page,
    text,
    url,
    find,
    press,
    check,
    type,
  } = setUpQuizPage();

  describe('an open attempt', () => {
    it('is restored after a reload, with the same question and answers', async () => {
      saveDraft({ answers: { n2: { choices: ['uranus'] } }, marked: ['n2'] });
      await openAttempt(2);

      const checked = [...page().querySelectorAll<HTMLInputElement>('.option input')];
      expect(checked.map(box => box.checked)).toEqual([false, true, false]);
      expect(find('nav a', 'Question 2, answered, flagged for review')).toBeTruthy();
      expect(page().querySelectorAll('h1')).toHaveLength(1);
    });

    it('redirects to the instructions if no attempt is open', async () => {
      await visit('/quiz/q1?step=2');
      await answerQuiz();

      expect(url()).toBe('/quiz/q1');
      expectNoRequest(`${QUIZ_URL}start/`);
    });

    it('redirects to the instructions if it cannot be reopened', async () => {
      await visit('/quiz/q1?step=2');
      await answerQuiz({ my_open: OPEN });
      await answer(expectRequest('POST', `${QUIZ_URL}start/`), { detail: 'Gone.', code: 'x' }, 409);

      expect(url()).toBe('/quiz/q1');
      expect(page().querySelector('[role=alert]')?.textContent).toContain('Gone.');
    });

    it('shows a single-choice question', async () => {
      await openAttempt(1);
      expect(page().querySelector('legend')?.textContent).toContain('Question of kind single');
      const group = page().querySelector('fieldset')!;
      const hint = document.getElementById(group.getAttribute('aria-describedby')!);
      expect(hint?.textContent).toContain('Choose one answer.');
      check('Venus');
      check('Mars');

      expect(savedAnswers()).toEqual({ n1: { choices: ['mars'] } });
      expect(text()).toContain('Saved on this device');
      await press('Clear answer');
      expect(savedAnswers()).toEqual({ n1: { choices: [] } });
      expect(page().querySelector('input:checked')).toBeNull();
    });

    it('shows a multiple-choice question with a hint', async () => {
      await openAttempt(2);
      expect(text()).toContain('Choose all correct answers.');
      check('Saturn');
      check('Uranus');
      check('Saturn');

      expect(savedAnswers()).toEqual({ n2: { choices: ['uranus'] } });
    });

    it('keeps choices that are selected before the page is updated', async () => {
      await openAttempt(2);
      for (const label of ['Saturn', 'Uranus'])
        find('label', label).querySelector('input')!.click();

      expect(savedAnswers()).toEqual({ n2: { choices: ['saturn', 'uranus'] } });
    });

    it('shows a true/false question and stores untranslated values', async () => {
      await openAttempt(3);
      const [yes, no] = page().querySelectorAll<HTMLInputElement>('.option input');
      check('True');
      expect(savedAnswers()).toEqual({ n3: { text: 'true' } });
      check('False');
      expect(savedAnswers()).toEqual({ n3: { text: 'false' } });
      await press('Clear answer');
      expect(savedAnswers()).toEqual({ n3: { text: '' } });
      expect([yes?.checked, no?.checked]).toEqual([false, false]);
    });

    it.each(['true', 'false'])('restores the answer of a true/false question: %s', async answer => {
      const draft = { answers: { n3: { text: answer } }, marked: [] };
      saveDraft(draft);
      await openAttempt(3);

      expect(page().querySelector('.option:has(:checked)')?.textContent?.toLowerCase()).toBe(
        answer,
      );
    });

    it('shows a short-answer question', async () => {
      await openAttempt(4);
      type('Neptune');

      expect(savedAnswers()).toEqual({ n4: { text: 'Neptune' } });
    });

    it('accepts numbers with a decimal point or comma and rejects other text', async () => {
      await openAttempt(5);
      for (const number of ['1,5', '1.5', '-7', ' 1 500 ', '15e-1', '−3', '٣', '.5']) {
        expect(type(number).inputMode).toBe('decimal');
        expect(text(), number).not.toContain('Enter a number without units');
      }
      for (const word of ['one', '1,500.5', '3 km', '-', 'e5']) {
        type(word);
        expect(text(), word).toContain('Enter a number without units');
      }
      expect(savedAnswers()).toEqual({ n5: { text: 'e5' } });
    });

    it('changes the sign of a number', async () => {
      await openAttempt(5);
      type('1,5');
      await press('Change sign');
      expect(savedAnswers()).toEqual({ n5: { text: '-1,5' } });
      await press('Change sign');
      expect(savedAnswers()).toEqual({ n5: { text: '1,5' } });
    });

    it('moves between questions, also with Enter, and focuses the heading', async () => {
      await openAttempt(1);
      await press('Next');
      expect(url()).toBe('/quiz/q1?step=2');
      expect(focusedText()).toMatch(/^Question 2 of 5/);
      page().querySelector('form')!.dispatchEvent(new Event('submit'));
      await settle();
      expect(focusedText()).toMatch(/^Question 3 of 5/);
      await press('Previous');
      expect(focusedText()).toMatch(/^Question 2 of 5/);
      await press('Question 5, not answered');
      expect(focusedText()).toMatch(/^Question 5 of 5/);
      await press('Review answers');
      expect(url()).toBe('/quiz/q1?step=review');
      expect(focusedText()).toBe('Review your answers');
      expect(TestBed.inject(Title).getTitle()).toBe('Review: The planets · Learning');
    });

    it.each([
      ['0', 1],
      ['99', 5],
      ['x', 1],
    ])('shows a valid question for any step in the URL: %s', async (step, number) => {
      await openAttempt(step);

      expect(text()).toContain(`Question ${number} of 5`);
    });

    it('shows the status of each question in words, not only in color', async () => {
      await openAttempt(1);
      check('Mars');
      check('Flag for review');
      await press('Next');

      const links = [...page().querySelectorAll('nav ol a')];
      expect(links[0]?.getAttribute('aria-label')).toBe('Question 1, answered, flagged for review');
      expect(links[1]?.getAttribute('aria-label')).toBe('Question 2, not answered');
      expect(links.map(link => link.getAttribute('aria-current'))).toEqual([
        null,
        'step',
        null,
        null,
        null,
      ]);
      expect(text()).toContain('1 of 5 answered');
      expect(text()).toContain('1 flagged for review');
    });

    it('shows the remaining time and can hide it', async () => {
      const deadline = '2026-05-04T10:10:01Z';
      await openAttempt(1, { deadline });
      expect(page().querySelector('[role=timer]')?.textContent).toMatch(/^(10:00|9:59)$/);
      await press('Hide');
      expect(page().querySelector('[role=timer]')).toBeNull();
      expect(text()).toContain('Time hidden');
      await press('Show');

      expect(page().querySelector('[role=timer]')).not.toBeNull();
    });

    it('shows changes made in another tab', async () => {
      await openAttempt(1);
      const draft = JSON.stringify({ answers: { n1: { choices: ['venus'] } }, marked: [] });
      localStorage.setItem(DRAFT_KEY, draft);
      window.dispatchEvent(new StorageEvent('storage', { key: DRAFT_KEY, newValue: draft }));
      await settle();

      expect(text()).toContain('changed in another tab');
      expect(page().querySelector<HTMLInputElement>('.option input')?.checked).toBe(true);
    });

    it('warns if answers cannot be saved on the device', async () => {
      await openAttempt(1);
      withFullStorage(() => check('Mars'));

      expect(text()).toContain('Your answers cannot be saved on this device');
    });
  });

  describe('an attempt whose time is up', () => {
    /** A time limit that ends immediately. */
    const AT_ITS_END = { deadline: '2026-05-04T10:00:01Z', now: '2026-05-04T10:00:01Z' };

    it('is locked and submitted automatically', async () => {
      await openAttempt(1, AT_ITS_END);
      expect(page().querySelector('[role=alert]')?.textContent).toContain('Time is up.');
      expect(page().querySelector('fieldset')?.disabled).toBe(true);
      await answer(expectRequest('POST', SUBMISSIONS), RESULT, 201);

      expect(text()).toContain('Time ran out, so your answers were submitted automatically.');
    });

    it('says that late answers may not count', async () => {
      await openAttempt(1, AT_ITS_END);
      expectRequest('POST', SUBMISSIONS).error(new ProgressEvent('error'));
      await settle();

      const alert =
        page().querySelector('lms-quiz-submission-status [role=alert]')?.textContent ?? '';
      expect(alert).toContain('Time is up, but your answers are not submitted yet.');
      expect(alert).toContain('Whether they still count');
    });

    it('leads to the result even from the instructions', async () => {
      await openAttempt(1, { deadline: '2026-05-04T10:00:11Z', now: '2026-05-04T10:00:09.500Z' });
      await TestBed.inject(Router).navigateByUrl('/quiz/q1');
      await settle();
      await answerAttempts();
      const sent = await vi.waitFor(() => expectRequest('POST', SUBMISSIONS));
      await answer(sent, RESULT, 201);

      expect(url()).toBe('/quiz/q1?submission=s1');
    });
  });
});
