import { TestBed } from '@angular/core/testing';

import {
  DRAFT_KEY,
  LIMITED,
  NOW,
  STARTED,
  SUBMITTED,
  changeInOtherTab,
  setUpAttempt,
  settle,
  storedDraft,
} from './attempt-testing';
import { Countdown } from './countdown';

describe('Attempt', () => {
  const {
    attempt,
    stepAnswers,
    open,
    expectSubmission,
    expectNoSubmission,
    expectStatusRequest,
    expectNoStatusRequest,
    failSubmission,
    rejectSubmission,
    answerStatus,
    answerSubmissions,
  } = setUpAttempt();

  describe('draft', () => {
    it('is saved on the device after each change', () => {
      open();
      expect(attempt().isSaved()).toBeNull();
      attempt().answer('one', { choices: ['b'] });
      attempt().flag('many', true);

      expect(storedDraft()).toEqual({ answers: { one: { choices: ['b'] } }, marked: ['many'] });
      expect(attempt().isSaved()).toBe(true);
      expect(attempt().unansweredCount()).toBe(2);
      expect(attempt().flaggedCount()).toBe(1);

      attempt().flag('many', false);
      expect(attempt().flaggedCount()).toBe(0);
    });

    it('is restored when the attempt is reopened', () => {
      open();
      attempt().answer('words', { text: 'Neptune' });
      attempt().flag('words', true);
      attempt().close();
      expect(attempt().isOpen()).toBe(false);
      open();

      const [, , words] = attempt().steps();
      expect(words).toMatchObject({
        answer: { text: 'Neptune' },
        isAnswered: true,
        isFlagged: true,
      });
    });

    it('of an earlier attempt is removed', () => {
      localStorage.setItem('lms.private.quiz.ada.q1.1', '{"answers":{"one":{"choices":["a"]}}}');
      open();

      expect(stepAnswers()).toEqual([undefined, undefined, undefined]);
      expect(localStorage.length).toBe(0);
    });

    it('is restricted to the questions of the attempt', () => {
      const answers = {
        one: { choices: ['b', 'foreign'] },
        many: { text: 'no choice' },
        words: { choices: ['a'] },
        other: { text: 'x' },
      };
      localStorage.setItem(DRAFT_KEY, JSON.stringify({ answers, marked: ['one', 'other'] }));
      open();

      expect(stepAnswers()).toEqual([{ choices: ['b'] }, undefined, undefined]);
      expect(attempt().flaggedCount()).toBe(1);
    });

    it('stays in memory if the device cannot save it', () => {
      open();
      attempt().answer('words', { text: 'old' });
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      attempt().answer('words', { text: 'new' });
      attempt().answer('one', { choices: ['a'] });

      expect(attempt().isSaved()).toBe(false);
      expect(stepAnswers()).toEqual([{ choices: ['a'] }, undefined, { text: 'new' }]);
    });

    it('treats an empty answer as missing', () => {
      open();
      attempt().answer('words', { text: '  ' });
      attempt().answer('many', { choices: [] });

      expect(attempt().unansweredCount()).toBe(3);
    });
  });

  describe('open in two tabs', () => {
    it('shows answers from the other tab', () => {
      open();
      attempt().answer('one', { choices: ['a'] });
      changeInOtherTab({ answers: { one: { choices: ['b'] }, words: { text: 'x' } }, marked: [] });

      expect(stepAnswers()).toEqual([{ choices: ['b'] }, undefined, { text: 'x' }]);
      expect(attempt().isChangedInOtherTab()).toBe(true);

      attempt().answer('one', { choices: ['a'] });
      expect(attempt().isChangedInOtherTab()).toBe(false);
      expect(storedDraft()).toMatchObject({
        answers: { one: { choices: ['a'] }, words: { text: 'x' } },
      });
    });

    it('keeps answers from the other tab that were not announced yet', () => {
      open();
      localStorage.setItem(
        DRAFT_KEY,
        JSON.stringify({ answers: { words: { text: 'x' } }, marked: [] }),
      );
      attempt().answer('one', { choices: ['a'] });

      expect(stepAnswers()).toEqual([{ choices: ['a'] }, undefined, { text: 'x' }]);
      expect(storedDraft()).toMatchObject({
        answers: { one: { choices: ['a'] }, words: { text: 'x' } },
      });
    });

    it('ends when the other tab has submitted it', async () => {
      open();
      changeInOtherTab(null);
      await answerStatus(null);
      await answerSubmissions(2, 1);

      expect(attempt().outcome()).toEqual({ kind: 'submitted-elsewhere', submission: 's-2' });
      expect(attempt().isOpen()).toBe(false);
    });

    it('stays open if its draft was removed for another reason', async () => {
      open();
      attempt().answer('words', { text: 'x' });
      changeInOtherTab(null);
      await answerStatus({ attempt: 2, started_at: STARTED.started_at, deadline: null });

      attempt().answer('one', { choices: ['a'] });
      expect(storedDraft()).toMatchObject({
        answers: { one: { choices: ['a'] }, words: { text: 'x' } },
      });
    });
  });

  describe('time limit', () => {
    it('submits the attempt once when time is up', async () => {
      open(LIMITED);
      attempt().answer('words', { text: 'x' });
      expect(attempt().endsAt()).toEqual(new Date('2026-05-04T10:01:00Z'));
      await vi.advanceTimersByTimeAsync(58_900);
      expectNoSubmission();
      await vi.advanceTimersByTimeAsync(100);

      expect(attempt().isTimeUp()).toBe(true);
      expectSubmission().flush(SUBMITTED);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(attempt().outcome()).toEqual({
        kind: 'submitted',
        submission: SUBMITTED,
        isAutomatic: true,
      });
    });

    it('submits nothing if a submission is in progress', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(58_000);
      void attempt().submit();
      await vi.advanceTimersByTimeAsync(5000);

      expectSubmission().flush(SUBMITTED);
      await settle();
      expect(attempt().outcome()?.kind).toBe('submitted');
    });

    it('locks the answers when time is up, even during retries', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(59_000);
      await failSubmission();
      attempt().answer('words', { text: 'late' });
      expect(attempt().unansweredCount()).toBe(3);
      expect(attempt().isRetrying()).toBe(true);
      window.dispatchEvent(new Event('online'));
      await rejectSubmission('time_is_up');
      await answerStatus(null);
      await answerSubmissions();

      expect(attempt().outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
    });

    it('submits at once if the attempt is opened in its last second', async () => {
      vi.setSystemTime(NOW + 59_500);
      open({ ...LIMITED, now: '2026-05-04T10:00:59.500Z' });

      expectSubmission();
    });
  });

  describe('returning to the page', () => {
    const returnToPage = () => document.dispatchEvent(new Event('visibilitychange'));

    it('sets the countdown by the server’s clock', async () => {
      const countdown = TestBed.inject(Countdown);
      open(LIMITED);
      vi.setSystemTime(NOW + 3_600_000); // The device’s clock was changed.
      returnToPage();
      expectStatusRequest().flush({
        my_open: { attempt: 2, started_at: LIMITED.started_at, deadline: LIMITED.deadline },
        now: '2026-05-04T10:00:20Z',
      });
      await settle();

      expect(countdown.clock()).toBe('0:39');
    });

    it('detects a submission from elsewhere', async () => {
      open();
      returnToPage();
      await answerStatus(null);
      await answerSubmissions(2);

      expect(attempt().outcome()?.kind).toBe('submitted-elsewhere');
    });

    it('detects that another attempt is open', async () => {
      open();
      returnToPage();
      await answerStatus({ attempt: 3, started_at: STARTED.started_at, deadline: null });
      await answerSubmissions(1);

      expect(attempt().outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
    });

    it('keeps the attempt open if the server cannot be reached', async () => {
      open();
      returnToPage();
      expectStatusRequest().error(new ProgressEvent('error'));
      await settle();

      expect(attempt().isOpen()).toBe(true);
      expect(attempt().error()).toBeNull();
    });

    it('sends no request if no attempt is open', () => {
      returnToPage();

      expectNoStatusRequest();
    });
  });
});
