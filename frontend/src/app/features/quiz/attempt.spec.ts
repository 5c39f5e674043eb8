import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { errorInterceptor } from '@core/http/error-interceptor';
import { Attempt } from './attempt';
import { Countdown } from './countdown';
import { QuestionSnapshot, StartedAttempt, Submission } from './quiz-api';

const NOW = Date.parse('2026-05-04T10:00:00Z');
const DRAFT_KEY = 'lms.private.quiz.ada.q1.2';
const IDEMPOTENCY_KEY = 'quiz-q1-attempt-2';

function asked(
  id: string,
  kind: QuestionSnapshot['kind'],
  choices: readonly string[] = [],
): QuestionSnapshot {
  return {
    id,
    quiz: 'q1',
    text: `What is ${id}?`,
    kind,
    tolerance: null,
    points: 1,
    position: 1,
    choices: choices.map(choice => ({ id: choice, text: choice.toUpperCase() })),
  };
}

const QUESTIONS = [
  asked('one', 'single', ['a', 'b']),
  asked('many', 'multiple', ['c', 'd']),
  asked('words', 'short_text'),
];
const STARTED: StartedAttempt = {
  attempt: 2,
  started_at: '2026-05-04T10:00:00Z',
  deadline: null,
  now: '2026-05-04T10:00:00Z',
  questions: QUESTIONS,
};
const LIMITED: StartedAttempt = { ...STARTED, deadline: '2026-05-04T10:01:00Z' };
const SUBMITTED = { id: 's1', attempt: 2, passed: true } as Submission;

describe('Attempt', () => {
  let attempt: Attempt;
  let http: HttpTestingController;

  beforeEach(() => {
    vi.useFakeTimers({ now: NOW });
    localStorage.clear();
    TestBed.configureTestingModule({
      providers: [
        Attempt,
        Countdown,
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
      ],
    });
    attempt = TestBed.inject(Attempt);
    http = TestBed.inject(HttpTestingController);
  });

  afterEach(() => {
    http.verify();
    TestBed.resetTestingModule();
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  function open(started: StartedAttempt = STARTED): void {
    attempt.open({ user: 'ada', quiz: 'q1' }, started, Date.now());
  }

  const settle = () => vi.advanceTimersByTimeAsync(0);
  const submitRequest = () => http.expectOne({ method: 'POST', url: '/api/quiz-submissions/' });
  const storedDraft = () => JSON.parse(localStorage.getItem(DRAFT_KEY) ?? 'null') as unknown;
  const stepAnswers = () => attempt.steps().map(step => step.answer);

  async function lose(): Promise<void> {
    submitRequest().error(new ProgressEvent('error'), { status: 0, statusText: '' });
    await settle();
  }

  async function refuse(code: string, status = 409, headers = {}): Promise<void> {
    submitRequest().flush(
      { detail: `Because of ${code}.`, code },
      { status, statusText: '', headers },
    );
    await settle();
  }

  /** Answers the request for the status of the attempt. */
  async function answerStatus(my_open: object | null | undefined): Promise<void> {
    const now = new Date(Date.now()).toISOString();
    http.expectOne('/api/quizzes/q1/').flush({ my_open, now });
    await settle();
  }

  async function answerSubmissions(...attempts: readonly number[]): Promise<void> {
    const results = attempts.map(number => ({ id: `s-${number}`, attempt: number }));
    http
      .expectOne('/api/quiz-submissions/?quiz=q1&student=ada&page_size=100')
      .flush({ count: results.length, next: null, previous: null, results });
    await settle();
  }

  function otherTab(draft: object | null): void {
    const newValue = draft && JSON.stringify(draft);
    if (newValue === null) localStorage.removeItem(DRAFT_KEY);
    else localStorage.setItem(DRAFT_KEY, newValue);
    window.dispatchEvent(new StorageEvent('storage', { key: DRAFT_KEY, newValue }));
  }

  describe('draft', () => {
    it('is saved on the device after each change', () => {
      open();
      expect(attempt.isSaved()).toBeNull();
      attempt.answer('one', { choices: ['b'] });
      attempt.flag('many', true);

      expect(storedDraft()).toEqual({ answers: { one: { choices: ['b'] } }, marked: ['many'] });
      expect(attempt.isSaved()).toBe(true);
      expect(attempt.unansweredCount()).toBe(2);
      expect(attempt.flaggedCount()).toBe(1);

      attempt.flag('many', false);
      expect(attempt.flaggedCount()).toBe(0);
    });

    it('is restored when the attempt is reopened', () => {
      open();
      attempt.answer('words', { text: 'Neptune' });
      attempt.flag('words', true);
      attempt.close();
      expect(attempt.isOpen()).toBe(false);
      open();

      const [, , words] = attempt.steps();
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
      expect(attempt.flaggedCount()).toBe(1);
    });

    it('stays in memory if the device cannot save it', () => {
      open();
      attempt.answer('words', { text: 'old' });
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      attempt.answer('words', { text: 'new' });
      attempt.answer('one', { choices: ['a'] });

      expect(attempt.isSaved()).toBe(false);
      expect(stepAnswers()).toEqual([{ choices: ['a'] }, undefined, { text: 'new' }]);
    });

    it('treats an empty answer as missing', () => {
      open();
      attempt.answer('words', { text: '  ' });
      attempt.answer('many', { choices: [] });

      expect(attempt.unansweredCount()).toBe(3);
    });
  });

  describe('open in two tabs', () => {
    it('shows answers from the other tab', () => {
      open();
      attempt.answer('one', { choices: ['a'] });
      otherTab({ answers: { one: { choices: ['b'] }, words: { text: 'x' } }, marked: [] });

      expect(stepAnswers()).toEqual([{ choices: ['b'] }, undefined, { text: 'x' }]);
      expect(attempt.isChangedInOtherTab()).toBe(true);

      attempt.answer('one', { choices: ['a'] });
      expect(attempt.isChangedInOtherTab()).toBe(false);
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
      attempt.answer('one', { choices: ['a'] });

      expect(stepAnswers()).toEqual([{ choices: ['a'] }, undefined, { text: 'x' }]);
      expect(storedDraft()).toMatchObject({
        answers: { one: { choices: ['a'] }, words: { text: 'x' } },
      });
    });

    it('ends when the other tab has submitted it', async () => {
      open();
      otherTab(null);
      await answerStatus(null);
      await answerSubmissions(2, 1);

      expect(attempt.outcome()).toEqual({ kind: 'submitted-elsewhere', submission: 's-2' });
      expect(attempt.isOpen()).toBe(false);
    });

    it('stays open if its draft was removed for another reason', async () => {
      open();
      attempt.answer('words', { text: 'x' });
      otherTab(null);
      await answerStatus({ attempt: 2, started_at: STARTED.started_at, deadline: null });

      attempt.answer('one', { choices: ['a'] });
      expect(storedDraft()).toMatchObject({
        answers: { one: { choices: ['a'] }, words: { text: 'x' } },
      });
    });
  });

  describe('submission', () => {
    it('sends the answers with an idempotency key derived from the attempt', async () => {
      open();
      attempt.answer('many', { choices: ['c', 'd'] });
      attempt.answer('words', { text: ' ' });
      void attempt.submit();
      const { request } = submitRequest();

      expect(request.body).toEqual({
        quiz: 'q1',
        answers: [{ question: 'many', choices: ['c', 'd'] }],
      });
      expect(request.headers.get('Idempotency-Key')).toBe(IDEMPOTENCY_KEY);
    });

    it('is sent once and locks the answers', async () => {
      open();
      void attempt.submit();
      void attempt.submit();
      expect(attempt.isSubmitting()).toBe(true);
      attempt.answer('words', { text: 'late' });
      expect(attempt.unansweredCount()).toBe(3);

      submitRequest().flush(SUBMITTED);
      await settle();
      expect(attempt.outcome()).toEqual({
        kind: 'submitted',
        submission: SUBMITTED,
        isAutomatic: false,
      });
      void attempt.submit();
    });

    it('removes the draft from the device', async () => {
      open();
      attempt.answer('words', { text: 'x' });
      void attempt.submit();
      expect(storedDraft()).not.toBeNull();
      submitRequest().flush(SUBMITTED);
      await settle();

      expect(storedDraft()).toBeNull();
      expect(attempt.isOpen()).toBe(false);
      attempt.answer('words', { text: 'y' });
      expect(storedDraft()).toBeNull();
    });

    it('does not affect an attempt that was opened in the meantime', async () => {
      open();
      void attempt.submit();
      const first = submitRequest();
      attempt.open({ user: 'ada', quiz: 'q2' }, STARTED, NOW);
      first.flush(SUBMITTED);
      await settle();

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.outcome()).toBeNull();
    });
  });

  describe('submission without a connection', () => {
    it('keeps the draft and retries with the same answers and idempotency key', async () => {
      open();
      attempt.answer('words', { text: 'x' });
      void attempt.submit();
      await lose();
      expect(attempt.error()?.status).toBe(0);
      expect(attempt.isRetrying()).toBe(true);
      expect(storedDraft()).not.toBeNull();

      await vi.advanceTimersByTimeAsync(5000);
      expect(attempt.error()).toBeNull();
      const retry = submitRequest();
      expect(retry.request.headers.get('Idempotency-Key')).toBe(IDEMPOTENCY_KEY);
      expect(retry.request.body).toMatchObject({ answers: [{ question: 'words', text: 'x' }] });
      retry.flush(SUBMITTED);
      await settle();
      expect(attempt.outcome()?.kind).toBe('submitted');
    });

    it('retries after growing delays, and at once when the connection is back', async () => {
      open();
      void attempt.submit();
      await lose();
      await vi.advanceTimersByTimeAsync(5000);
      await lose();
      await vi.advanceTimersByTimeAsync(9900);
      http.expectNone('/api/quiz-submissions/');
      await vi.advanceTimersByTimeAsync(100);
      await lose();
      window.dispatchEvent(new Event('online'));
      submitRequest().flush(SUBMITTED);
      await settle();

      expect(attempt.outcome()?.kind).toBe('submitted');
    });

    it('is not sent on reconnecting if nothing was submitted', () => {
      open();
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });

    it('respects Retry-After', async () => {
      open();
      void attempt.submit();
      await refuse('throttled', 429, { 'Retry-After': '30' });
      await vi.advanceTimersByTimeAsync(29_000);
      http.expectNone('/api/quiz-submissions/');
      await vi.advanceTimersByTimeAsync(1000);

      submitRequest();
    });

    it.each([
      [503, 'unavailable'],
      [409, 'idempotency_running'],
    ])('is retried after %s %s', async (status, code) => {
      open();
      void attempt.submit();
      await refuse(code, status);
      await vi.advanceTimersByTimeAsync(5000);

      submitRequest();
    });

    it('is not retried after the answers were changed', async () => {
      open();
      void attempt.submit();
      await lose();
      attempt.answer('words', { text: 'x' });
      expect(attempt.isRetrying()).toBe(false);
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });

    it('is not retried after the page was left', async () => {
      open();
      void attempt.submit();
      await lose();
      TestBed.resetTestingModule();
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });
  });

  describe('submission that the server rejects', () => {
    it.each([
      [400, 'invalid'],
      [403, 'not_enrolled'],
      [404, 'not_found'],
    ])('shows the error and is not retried: %s %s', async (status, code) => {
      open();
      attempt.answer('words', { text: 'x' });
      void attempt.submit();
      await refuse(code, status);
      expect(attempt.error()?.code).toBe(code);
      expect(attempt.isOpen()).toBe(true);
      expect(attempt.isSubmitting()).toBe(false);
      expect(storedDraft()).not.toBeNull();
      await vi.advanceTimersByTimeAsync(120_000);

      http.expectNone('/api/quiz-submissions/');
    });

    it.each(['already_submitted', 'no_attempts_left', 'not_started', 'idempotency_conflict'])(
      'leads to the result if the attempt was already submitted: %s',
      async code => {
        open();
        void attempt.submit();
        await refuse(code);
        await answerStatus(null);
        await answerSubmissions(2);

        expect(attempt.outcome()).toEqual({ kind: 'submitted-elsewhere', submission: 's-2' });
      },
    );

    it('ends the attempt without a result if its time is up', async () => {
      open(LIMITED);
      attempt.answer('words', { text: 'x' });
      void attempt.submit();
      await refuse('time_is_up');
      await answerStatus(null);
      await answerSubmissions(1);

      expect(attempt.outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
      expect(storedDraft()).toBeNull();
    });

    it('is repeated with a new idempotency key if the old one is taken', async () => {
      open();
      void attempt.submit();
      await refuse('idempotency_conflict');
      await answerStatus({ attempt: 2, started_at: STARTED.started_at, deadline: null });
      const retry = submitRequest();
      expect(retry.request.headers.get('Idempotency-Key')).toBe(`${IDEMPOTENCY_KEY}-again`);
      retry.flush(SUBMITTED);
      await settle();

      expect(attempt.outcome()?.kind).toBe('submitted');
    });

    it('checks the status later if the server cannot be reached', async () => {
      open();
      void attempt.submit();
      await refuse('already_submitted');
      http.expectOne('/api/quizzes/q1/').error(new ProgressEvent('error'));
      await settle();
      expect(attempt.isRetrying()).toBe(true);

      await vi.advanceTimersByTimeAsync(5000);
      await refuse('already_submitted');
      await answerStatus(null);
      await answerSubmissions(2);
      expect(attempt.outcome()?.kind).toBe('submitted-elsewhere');
    });

    it('leaves the attempt open if the student has left the course', async () => {
      open();
      void attempt.submit();
      await refuse('not_started');
      await answerStatus(undefined);

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.error()?.code).toBe('not_started');
    });
  });

  describe('time limit', () => {
    it('submits the attempt once when time is up', async () => {
      open(LIMITED);
      attempt.answer('words', { text: 'x' });
      expect(attempt.endsAt()).toEqual(new Date('2026-05-04T10:01:00Z'));
      await vi.advanceTimersByTimeAsync(58_900);
      http.expectNone('/api/quiz-submissions/');
      await vi.advanceTimersByTimeAsync(100);

      expect(attempt.isTimeUp()).toBe(true);
      submitRequest().flush(SUBMITTED);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(attempt.outcome()).toEqual({
        kind: 'submitted',
        submission: SUBMITTED,
        isAutomatic: true,
      });
    });

    it('submits nothing if a submission is in progress', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(58_000);
      void attempt.submit();
      await vi.advanceTimersByTimeAsync(5000);

      submitRequest().flush(SUBMITTED);
      await settle();
      expect(attempt.outcome()?.kind).toBe('submitted');
    });

    it('locks the answers when time is up, even during retries', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(59_000);
      await lose();
      attempt.answer('words', { text: 'late' });
      expect(attempt.unansweredCount()).toBe(3);
      expect(attempt.isRetrying()).toBe(true);
      window.dispatchEvent(new Event('online'));
      await refuse('time_is_up');
      await answerStatus(null);
      await answerSubmissions();

      expect(attempt.outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
    });

    it('submits at once if the attempt is opened in its last second', async () => {
      vi.setSystemTime(NOW + 59_500);
      open({ ...LIMITED, now: '2026-05-04T10:00:59.500Z' });

      submitRequest();
    });
  });

  describe('returning to the page', () => {
    const returnToPage = () => document.dispatchEvent(new Event('visibilitychange'));

    it('sets the countdown by the server’s clock', async () => {
      const countdown = TestBed.inject(Countdown);
      open(LIMITED);
      vi.setSystemTime(NOW + 3_600_000); // The device’s clock was changed.
      returnToPage();
      http.expectOne('/api/quizzes/q1/').flush({
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

      expect(attempt.outcome()?.kind).toBe('submitted-elsewhere');
    });

    it('detects that another attempt is open', async () => {
      open();
      returnToPage();
      await answerStatus({ attempt: 3, started_at: STARTED.started_at, deadline: null });
      await answerSubmissions(1);

      expect(attempt.outcome()).toEqual({ kind: 'timed-out', attempt: 2 });
    });

    it('keeps the attempt open if the server cannot be reached', async () => {
      open();
      returnToPage();
      http.expectOne('/api/quizzes/q1/').error(new ProgressEvent('error'));
      await settle();

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.error()).toBeNull();
    });

    it('sends no request if no attempt is open', () => {
      returnToPage();

      http.expectNone('/api/quizzes/q1/');
    });
  });
});
