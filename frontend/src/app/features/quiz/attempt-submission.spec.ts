import { TestBed } from '@angular/core/testing';

import {
  IDEMPOTENCY_KEY,
  LIMITED,
  NOW,
  STARTED,
  SUBMITTED,
  setUpAttempt,
  settle,
  storedDraft,
} from './attempt-testing';

describe('submitting an attempt', () => {
  const {
    attempt,
    open,
    expectSubmission,
    expectNoSubmission,
    expectStatusRequest,
    failSubmission,
    rejectSubmission,
    answerStatus,
    answerSubmissions,
  } = setUpAttempt();

  describe('submission', () => {
    it('sends the answers with an idempotency key derived from the attempt', async () => {
      open();
      attempt().answer('many', { choices: ['c', 'd'] });
      attempt().answer('words', { text: ' ' });
      void attempt().submit();
      const { request } = expectSubmission();

      expect(request.body).toEqual({
        quiz: 'q1',
        answers: [{ question: 'many', choices: ['c', 'd'] }],
      });
      expect(request.headers.get('Idempotency-Key')).toBe(IDEMPOTENCY_KEY);
    });

    it('is sent once and locks the answers', async () => {
      open();
      void attempt().submit();
      void attempt().submit();
      expect(attempt().isSubmitting()).toBe(true);
      attempt().answer('words', { text: 'late' });
      expect(attempt().unansweredCount()).toBe(3);

      expectSubmission().flush(SUBMITTED);
      await settle();
      expect(attempt().outcome()).toEqual({
        kind: 'submitted',
        submission: SUBMITTED,
        isAutomatic: false,
      });
      void attempt().submit();
    });

    it('removes the draft from the device', async () => {
      open();
      attempt().answer('words', { text: 'x' });
      void attempt().submit();
      expect(storedDraft()).not.toBeNull();
      expectSubmission().flush(SUBMITTED);
      await settle();

      expect(storedDraft()).toBeNull();
      expect(attempt().isOpen()).toBe(false);
      attempt().answer('words', { text: 'y' });
      expect(storedDraft()).toBeNull();
    });

    it('does not affect an attempt that was opened in the meantime', async () => {
      open();
      void attempt().submit();
      const first = expectSubmission();
      attempt().open({ user: 'ada', quiz: 'q2' }, STARTED, NOW);
      first.flush(SUBMITTED);
      await settle();

      expect(attempt().isOpen()).toBe(true);
      expect(attempt().outcome()).toBeNull();
    });
  });

  describe('submission without a connection', () => {
    it('keeps the draft and retries with the same answers and idempotency key', async () => {
      open();
      attempt().answer('words', { text: 'x' });
      void attempt().submit();
      await failSubmission();
      expect(attempt().error()?.status).toBe(0);
      expect(attempt().isRetrying()).toBe(true);
      expect(storedDraft()).not.toBeNull();

      await vi.advanceTimersByTimeAsync(5000);
      expect(attempt().error()).toBeNull();
      const retry = expectSubmission();
      expect(retry.request.headers.get('Idempotency-Key')).toBe(IDEMPOTENCY_KEY);
      expect(retry.request.body).toMatchObject({ answers: [{ question: 'words', text: 'x' }] });
      retry.flush(SUBMITTED);
      await settle();
      expect(attempt().outcome()?.kind).toBe('submitted');
    });

    it('retries after growing delays, and at once when the connection is back', async () => {
      open();
      void attempt().submit();
      await failSubmission();
      await vi.advanceTimersByTimeAsync(5000);
      await failSubmission();
      await vi.advanceTimersByTimeAsync(9900);
      expectNoSubmission();
      await vi.advanceTimersByTimeAsync(100);
      await failSubmission();
      window.dispatchEvent(new Event('online'));
      expectSubmission().flush(SUBMITTED);
      await settle();

      expect(attempt().outcome()?.kind).toBe('submitted');
    });

    it('is not sent on reconnecting if nothing was submitted', () => {
      open();
      window.dispatchEvent(new Event('online'));

      expectNoSubmission();
    });

    it('respects Retry-After', async () => {
      open();
      void attempt().submit();
      await rejectSubmission('throttled', 429, { 'Retry-After': '30' });
      await vi.advanceTimersByTimeAsync(29_000);
      expectNoSubmission();
      await vi.advanceTimersByTimeAsync(1000);

      expectSubmission();
    });

    it.each([
      [503, 'unavailable'],
      [409, 'idempotency_running'],
    ])('is retried after %s %s', async (status, code) => {
      open();
      void attempt().submit();
      await rejectSubmission(code, status);
      await vi.advanceTimersByTimeAsync(5000);

      expectSubmission();
    });

    it('is not retried after the answers were changed', async () => {
      open();
      void attempt().submit();
      await failSubmission();
      attempt().answer('words', { text: 'x' });
      expect(attempt().isRetrying()).toBe(false);
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      expectNoSubmission();
    });

    it('is not retried after the page was left', async () => {
      open();
      void attempt().submit();
      await failSubmission();
      TestBed.resetTestingModule();
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      expectNoSubmission();
    });
  });

  describe('submission that the server rejects', () => {
    it.each([
      [400, 'invalid'],
      [403, 'not_enrolled'],
      [404, 'not_found'],
    ])('shows the error and is not retried: %s %s', async (status, code) => {
      open();
      attempt().answer('words', { text: 'x' });
      void attempt().submit();
      await rejectSubmission(code, status);
      expect(attempt().error()?.code).toBe(code);
      expect(attempt().isOpen()).toBe(true);
      expect(attempt().isSubmitting()).toBe(false);
      expect(storedDraft()).not.toBeNull();
      await vi.advanceTimersByTimeAsync(120_000);

      expectNoSubmission();
    });

    it.each(['already_submitted', 'no_attempts_left', 'not_started', 'idempotency_conflict'])(
      'leads to the result if the attempt was already submitted: %s',
      async code => {
        open();
        void attempt().submit();
        await rejectSubmission(code);
        await answerStatus(null);
        await answerSubmissions(2);

        expect(attempt().outcome()).toEqual({ kind: 'submitted-elsewhere', submission: 's-2' });
      },
    );

    it('ends the attempt without a result if its time is up', async () => {
      open(LIMITED);
      attempt().answer('words', { text: 'x' });
      void attempt().submit();
      await rejectSubmission('time_is_up');
      await answerStatus(null);
      await answerSubmissions(1);

      expect(attempt().outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
      expect(storedDraft()).toBeNull();
    });

    it('is repeated with a new idempotency key if the old one is taken', async () => {
      open();
      void attempt().submit();
      await rejectSubmission('idempotency_conflict');
      await answerStatus({ attempt: 2, started_at: STARTED.started_at, deadline: null });
      const retry = expectSubmission();
      expect(retry.request.headers.get('Idempotency-Key')).toBe(`${IDEMPOTENCY_KEY}-again`);
      retry.flush(SUBMITTED);
      await settle();

      expect(attempt().outcome()?.kind).toBe('submitted');
    });

    it('checks the status later if the server cannot be reached', async () => {
      open();
      void attempt().submit();
      await rejectSubmission('already_submitted');
      expectStatusRequest().error(new ProgressEvent('error'));
      await settle();
      expect(attempt().isRetrying()).toBe(true);

      await vi.advanceTimersByTimeAsync(5000);
      await rejectSubmission('already_submitted');
      await answerStatus(null);
      await answerSubmissions(2);
      expect(attempt().outcome()?.kind).toBe('submitted-elsewhere');
    });

    it('leaves the attempt open if the student has left the course', async () => {
      open();
      void attempt().submit();
      await rejectSubmission('not_started');
      await answerStatus(undefined);

      expect(attempt().isOpen()).toBe(true);
      expect(attempt().error()?.code).toBe('not_started');
    });
  });
});
