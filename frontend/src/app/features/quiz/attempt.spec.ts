import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { errorInterceptor } from '@core/http/error-interceptor';
import { Attempt } from './attempt';
import { Countdown } from './countdown';
import { Asked, Started, Submission } from './quiz-api';

const NOW = Date.parse('2026-05-04T10:00:00Z');
const MINE = 'lms.private.quiz.ada.q1.2';
const KEY = 'quiz-q1-attempt-2';

function asked(id: string, kind: Asked['kind'], choices: readonly string[] = []): Asked {
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
const STARTED: Started = {
  attempt: 2,
  started_at: '2026-05-04T10:00:00Z',
  deadline: null,
  now: '2026-05-04T10:00:00Z',
  questions: QUESTIONS,
};
const LIMITED: Started = { ...STARTED, deadline: '2026-05-04T10:01:00Z' };
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

  function open(started: Started = STARTED): void {
    attempt.open({ user: 'ada', quiz: 'q1' }, started, Date.now());
  }

  const settle = () => vi.advanceTimersByTimeAsync(0);
  const posted = () => http.expectOne({ method: 'POST', url: '/api/quiz-submissions/' });
  const kept = () => JSON.parse(localStorage.getItem(MINE) ?? 'null') as unknown;
  const given = () => attempt.steps().map(step => step.given);

  async function lose(): Promise<void> {
    posted().error(new ProgressEvent('error'), { status: 0, statusText: '' });
    await settle();
  }

  async function refuse(code: string, status = 409, headers = {}): Promise<void> {
    posted().flush({ detail: `Because of ${code}.`, code }, { status, statusText: '', headers });
    await settle();
  }

  /** Answers the question whether the attempt is still open. */
  async function tellOpen(my_open: object | null | undefined): Promise<void> {
    const now = new Date(Date.now()).toISOString();
    http.expectOne('/api/quizzes/q1/').flush({ my_open, now });
    await settle();
  }

  async function tellSubmitted(...attempts: readonly number[]): Promise<void> {
    const results = attempts.map(number => ({ id: `s-${number}`, attempt: number }));
    http
      .expectOne('/api/quiz-submissions/?quiz=q1&student=ada&page_size=100')
      .flush({ count: results.length, next: null, previous: null, results });
    await settle();
  }

  function otherTab(draft: object | null): void {
    const newValue = draft && JSON.stringify(draft);
    if (newValue === null) localStorage.removeItem(MINE);
    else localStorage.setItem(MINE, newValue);
    window.dispatchEvent(new StorageEvent('storage', { key: MINE, newValue }));
  }

  describe('keeps the answers', () => {
    it('on the device, at each change', () => {
      open();
      expect(attempt.kept()).toBeNull();
      attempt.give('one', { choices: ['b'] });
      attempt.mark('many', true);

      expect(kept()).toEqual({ answers: { one: { choices: ['b'] } }, marked: ['many'] });
      expect(attempt.kept()).toBe(true);
      expect(attempt.unanswered()).toBe(2);
      expect(attempt.marked()).toBe(1);

      attempt.mark('many', false);
      expect(attempt.marked()).toBe(0);
    });

    it('for who comes back', () => {
      open();
      attempt.give('words', { text: 'Neptune' });
      attempt.mark('words', true);
      attempt.close();
      expect(attempt.isOpen()).toBe(false);
      open();

      const [, , words] = attempt.steps();
      expect(words).toMatchObject({ given: { text: 'Neptune' }, isAnswered: true, isMarked: true });
    });

    it('of this attempt, and none of those before', () => {
      localStorage.setItem('lms.private.quiz.ada.q1.1', '{"answers":{"one":{"choices":["a"]}}}');
      open();

      expect(given()).toEqual([undefined, undefined, undefined]);
      expect(localStorage.length).toBe(0);
    });

    it('that answer these questions, and nothing else', () => {
      const answers = {
        one: { choices: ['b', 'foreign'] },
        many: { text: 'no choice' },
        words: { choices: ['a'] },
        other: { text: 'x' },
      };
      localStorage.setItem(MINE, JSON.stringify({ answers, marked: ['one', 'other'] }));
      open();

      expect(given()).toEqual([{ choices: ['b'] }, undefined, undefined]);
      expect(attempt.marked()).toBe(1);
    });

    it('in memory where the device cannot, and says so', () => {
      open();
      attempt.give('words', { text: 'old' });
      vi.spyOn(Storage.prototype, 'setItem').mockImplementation(() => {
        throw new DOMException('full', 'QuotaExceededError');
      });
      attempt.give('words', { text: 'new' });
      attempt.give('one', { choices: ['a'] });

      expect(attempt.kept()).toBe(false);
      expect(given()).toEqual([{ choices: ['a'] }, undefined, { text: 'new' }]);
    });

    it('counts an emptied answer as none', () => {
      open();
      attempt.give('words', { text: '  ' });
      attempt.give('many', { choices: [] });

      expect(attempt.unanswered()).toBe(3);
    });
  });

  describe('in two tabs', () => {
    it('takes over what the other one answers, and says so', () => {
      open();
      attempt.give('one', { choices: ['a'] });
      otherTab({ answers: { one: { choices: ['b'] }, words: { text: 'x' } }, marked: [] });

      expect(given()).toEqual([{ choices: ['b'] }, undefined, { text: 'x' }]);
      expect(attempt.changedElsewhere()).toBe(true);

      attempt.give('one', { choices: ['a'] });
      expect(attempt.changedElsewhere()).toBe(false);
      expect(kept()).toMatchObject({ answers: { one: { choices: ['a'] }, words: { text: 'x' } } });
    });

    it('loses nothing of the other one that it has not heard of yet', () => {
      open();
      localStorage.setItem(MINE, JSON.stringify({ answers: { words: { text: 'x' } }, marked: [] }));
      attempt.give('one', { choices: ['a'] });

      expect(given()).toEqual([{ choices: ['a'] }, undefined, { text: 'x' }]);
      expect(kept()).toMatchObject({ answers: { one: { choices: ['a'] }, words: { text: 'x' } } });
    });

    it('ends where the other one has submitted', async () => {
      open();
      otherTab(null);
      await tellOpen(null);
      await tellSubmitted(2, 1);

      expect(attempt.ending()).toEqual({ kind: 'elsewhere', submission: 's-2' });
      expect(attempt.isOpen()).toBe(false);
    });

    it('goes on where its answers are gone for another reason', async () => {
      open();
      attempt.give('words', { text: 'x' });
      otherTab(null);
      await tellOpen({ attempt: 2, started_at: STARTED.started_at, deadline: null });

      attempt.give('one', { choices: ['a'] });
      expect(kept()).toMatchObject({ answers: { one: { choices: ['a'] }, words: { text: 'x' } } });
    });
  });

  describe('is submitted', () => {
    it('with what is answered, under a key made of its number', async () => {
      open();
      attempt.give('many', { choices: ['c', 'd'] });
      attempt.give('words', { text: ' ' });
      void attempt.submit();
      const { request } = posted();

      expect(request.body).toEqual({
        quiz: 'q1',
        answers: [{ question: 'many', choices: ['c', 'd'] }],
      });
      expect(request.headers.get('Idempotency-Key')).toBe(KEY);
    });

    it('once, however often one presses, and nothing can be changed meanwhile', async () => {
      open();
      void attempt.submit();
      void attempt.submit();
      expect(attempt.isSending()).toBe(true);
      attempt.give('words', { text: 'late' });
      expect(attempt.unanswered()).toBe(3);

      posted().flush(SUBMITTED);
      await settle();
      expect(attempt.ending()).toEqual({
        kind: 'submitted',
        submission: SUBMITTED,
        byTime: false,
      });
      void attempt.submit();
    });

    it('and its answers go from the device', async () => {
      open();
      attempt.give('words', { text: 'x' });
      void attempt.submit();
      expect(kept()).not.toBeNull();
      posted().flush(SUBMITTED);
      await settle();

      expect(kept()).toBeNull();
      expect(attempt.isOpen()).toBe(false);
      attempt.give('words', { text: 'y' });
      expect(kept()).toBeNull();
    });

    it('and does not touch the attempt that was opened meanwhile', async () => {
      open();
      void attempt.submit();
      const first = posted();
      attempt.open({ user: 'ada', quiz: 'q2' }, STARTED, NOW);
      first.flush(SUBMITTED);
      await settle();

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.ending()).toBeNull();
    });
  });

  describe('whose way to the server is cut off', () => {
    it('keeps all, says so, and tries again by itself: the same answers under the same key', async () => {
      open();
      attempt.give('words', { text: 'x' });
      void attempt.submit();
      await lose();
      expect(attempt.failure()?.status).toBe(0);
      expect(attempt.isWaiting()).toBe(true);
      expect(kept()).not.toBeNull();

      await vi.advanceTimersByTimeAsync(5000);
      expect(attempt.failure()).toBeNull();
      const again = posted();
      expect(again.request.headers.get('Idempotency-Key')).toBe(KEY);
      expect(again.request.body).toMatchObject({ answers: [{ question: 'words', text: 'x' }] });
      again.flush(SUBMITTED);
      await settle();
      expect(attempt.ending()?.kind).toBe('submitted');
    });

    it('waits longer each time, and not at all when the network is back', async () => {
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
      posted().flush(SUBMITTED);
      await settle();

      expect(attempt.ending()?.kind).toBe('submitted');
    });

    it('sends nothing at the network’s return where nothing was to be sent', () => {
      open();
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });

    it('waits as long as the server asks', async () => {
      open();
      void attempt.submit();
      await refuse('throttled', 429, { 'Retry-After': '30' });
      await vi.advanceTimersByTimeAsync(29_000);
      http.expectNone('/api/quiz-submissions/');
      await vi.advanceTimersByTimeAsync(1000);

      posted();
    });

    it.each([
      [503, 'unavailable'],
      [409, 'idempotency_running'],
    ])('tries again after %s %s', async (status, code) => {
      open();
      void attempt.submit();
      await refuse(code, status);
      await vi.advanceTimersByTimeAsync(5000);

      posted();
    });

    it('does not send by itself what was changed since', async () => {
      open();
      void attempt.submit();
      await lose();
      attempt.give('words', { text: 'x' });
      expect(attempt.isWaiting()).toBe(false);
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });

    it('is not sent after one has left', async () => {
      open();
      void attempt.submit();
      await lose();
      TestBed.resetTestingModule();
      await vi.advanceTimersByTimeAsync(120_000);
      window.dispatchEvent(new Event('online'));

      http.expectNone('/api/quiz-submissions/');
    });
  });

  describe('that the server refuses', () => {
    it.each([
      [400, 'invalid'],
      [403, 'not_enrolled'],
      [404, 'not_found'],
    ])('stays, says why, and is not sent again by itself: %s %s', async (status, code) => {
      open();
      attempt.give('words', { text: 'x' });
      void attempt.submit();
      await refuse(code, status);
      expect(attempt.failure()?.code).toBe(code);
      expect(attempt.isOpen()).toBe(true);
      expect(attempt.isSending()).toBe(false);
      expect(kept()).not.toBeNull();
      await vi.advanceTimersByTimeAsync(120_000);

      http.expectNone('/api/quiz-submissions/');
    });

    it.each(['already_submitted', 'no_attempts_left', 'not_started', 'idempotency_conflict'])(
      'since it was submitted already leads to what was submitted: %s',
      async code => {
        open();
        void attempt.submit();
        await refuse(code);
        await tellOpen(null);
        await tellSubmitted(2);

        expect(attempt.ending()).toEqual({ kind: 'elsewhere', submission: 's-2' });
      },
    );

    it('for its time is over is over without a result', async () => {
      open(LIMITED);
      attempt.give('words', { text: 'x' });
      void attempt.submit();
      await refuse('time_is_up');
      await tellOpen(null);
      await tellSubmitted(1);

      expect(attempt.ending()).toEqual({ kind: 'ran-out', attempt: 2 });
      expect(kept()).toBeNull();
    });

    it('for a try with other answers broke off there is sent under another key', async () => {
      open();
      void attempt.submit();
      await refuse('idempotency_conflict');
      await tellOpen({ attempt: 2, started_at: STARTED.started_at, deadline: null });
      const again = posted();
      expect(again.request.headers.get('Idempotency-Key')).toBe(`${KEY}-again`);
      again.flush(SUBMITTED);
      await settle();

      expect(attempt.ending()?.kind).toBe('submitted');
    });

    it('is found out about later where the server cannot be asked now', async () => {
      open();
      void attempt.submit();
      await refuse('already_submitted');
      http.expectOne('/api/quizzes/q1/').error(new ProgressEvent('error'));
      await settle();
      expect(attempt.isWaiting()).toBe(true);

      await vi.advanceTimersByTimeAsync(5000);
      await refuse('already_submitted');
      await tellOpen(null);
      await tellSubmitted(2);
      expect(attempt.ending()?.kind).toBe('elsewhere');
    });

    it('is not taken for over by who has left its course', async () => {
      open();
      void attempt.submit();
      await refuse('not_started');
      await tellOpen(undefined);

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.failure()?.code).toBe('not_started');
    });
  });

  describe('with a time limit', () => {
    it('is submitted by itself when the time is up, once', async () => {
      open(LIMITED);
      attempt.give('words', { text: 'x' });
      expect(attempt.endsAt()).toEqual(new Date('2026-05-04T10:01:00Z'));
      await vi.advanceTimersByTimeAsync(58_900);
      http.expectNone('/api/quiz-submissions/');
      await vi.advanceTimersByTimeAsync(100);

      expect(attempt.isTimeUp()).toBe(true);
      posted().flush(SUBMITTED);
      await vi.advanceTimersByTimeAsync(60_000);
      expect(attempt.ending()).toEqual({ kind: 'submitted', submission: SUBMITTED, byTime: true });
    });

    it('is not sent a second time where one has just submitted', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(58_000);
      void attempt.submit();
      await vi.advanceTimersByTimeAsync(5000);

      posted().flush(SUBMITTED);
      await settle();
      expect(attempt.ending()?.kind).toBe('submitted');
    });

    it('can no longer be changed when the time is up, while it is tried again to send it', async () => {
      open(LIMITED);
      await vi.advanceTimersByTimeAsync(59_000);
      await lose();
      attempt.give('words', { text: 'late' });
      expect(attempt.unanswered()).toBe(3);
      expect(attempt.isWaiting()).toBe(true);
      window.dispatchEvent(new Event('online'));
      await refuse('time_is_up');
      await tellOpen(null);
      await tellSubmitted();

      expect(attempt.ending()).toEqual({ kind: 'ran-out', attempt: 2 });
    });

    it('is submitted at once by who comes back in its last second', async () => {
      vi.setSystemTime(NOW + 59_500);
      open({ ...LIMITED, now: '2026-05-04T10:00:59.500Z' });

      posted();
    });
  });

  describe('when one comes back to the page', () => {
    const comeBack = () => document.dispatchEvent(new Event('visibilitychange'));

    it('asks the server what time it is', async () => {
      const countdown = TestBed.inject(Countdown);
      open(LIMITED);
      vi.setSystemTime(NOW + 3_600_000); // the device’s clock was set
      comeBack();
      http.expectOne('/api/quizzes/q1/').flush({
        my_open: { attempt: 2, started_at: LIMITED.started_at, deadline: LIMITED.deadline },
        now: '2026-05-04T10:00:20Z',
      });
      await settle();

      expect(countdown.clock()).toBe('0:39');
    });

    it('finds out that it was submitted elsewhere', async () => {
      open();
      comeBack();
      await tellOpen(null);
      await tellSubmitted(2);

      expect(attempt.ending()?.kind).toBe('elsewhere');
    });

    it('finds out that another attempt is open, since this one is over', async () => {
      open();
      comeBack();
      await tellOpen({ attempt: 3, started_at: STARTED.started_at, deadline: null });
      await tellSubmitted(1);

      expect(attempt.ending()).toEqual({ kind: 'ran-out', attempt: 2 });
    });

    it('goes on where the server cannot be asked', async () => {
      open();
      comeBack();
      http.expectOne('/api/quizzes/q1/').error(new ProgressEvent('error'));
      await settle();

      expect(attempt.isOpen()).toBe(true);
      expect(attempt.failure()).toBeNull();
    });

    it('asks nothing where no attempt is open', () => {
      comeBack();

      http.expectNone('/api/quizzes/q1/');
    });
  });
});
