import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { errorInterceptor } from '@core/http/error-interceptor';
import { Attempt } from './attempt';
import { Countdown } from './countdown';
import { QuestionSnapshot, StartedAttempt, Submission } from './quiz-api';

export const NOW = Date.parse('2026-05-04T10:00:00Z');
export const DRAFT_KEY = 'lms.private.quiz.ada.q1.2';
export const IDEMPOTENCY_KEY = 'quiz-q1-attempt-2';

function question(
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
  question('one', 'single', ['a', 'b']),
  question('many', 'multiple', ['c', 'd']),
  question('words', 'short_text'),
];
export const STARTED: StartedAttempt = {
  attempt: 2,
  started_at: '2026-05-04T10:00:00Z',
  deadline: null,
  now: '2026-05-04T10:00:00Z',
  questions: QUESTIONS,
};
/** An attempt with a time limit of one minute. */
export const LIMITED: StartedAttempt = { ...STARTED, deadline: '2026-05-04T10:01:00Z' };
export const SUBMITTED = { id: 's1', attempt: 2, passed: true } as Submission;

/** Prepares an attempt with a fake server and clock for each test of a `describe` block. */
export function setUpAttempt() {
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

  const expectSubmission = () => http.expectOne({ method: 'POST', url: '/api/quiz-submissions/' });
  const expectNoSubmission = () => http.expectNone('/api/quiz-submissions/');
  const expectStatusRequest = () => http.expectOne('/api/quizzes/q1/');
  const expectNoStatusRequest = () => http.expectNone('/api/quizzes/q1/');

  async function failSubmission(): Promise<void> {
    expectSubmission().error(new ProgressEvent('error'), { status: 0, statusText: '' });
    await settle();
  }

  async function rejectSubmission(code: string, status = 409, headers = {}): Promise<void> {
    const body = { detail: `Because of ${code}.`, code };
    expectSubmission().flush(body, { status, statusText: '', headers });
    await settle();
  }

  async function answerStatus(my_open: object | null | undefined): Promise<void> {
    expectStatusRequest().flush({ my_open, now: new Date(Date.now()).toISOString() });
    await settle();
  }

  async function answerSubmissions(...attempts: readonly number[]): Promise<void> {
    const results = attempts.map(number => ({ id: `s-${number}`, attempt: number }));
    http
      .expectOne('/api/quiz-submissions/?quiz=q1&student=ada&page_size=100')
      .flush({ count: results.length, next: null, previous: null, results });
    await settle();
  }

  return {
    attempt: () => attempt,
    stepAnswers: () => attempt.steps().map(step => step.answer),
    open,
    expectSubmission,
    expectNoSubmission,
    expectStatusRequest,
    expectNoStatusRequest,
    failSubmission,
    rejectSubmission,
    answerStatus,
    answerSubmissions,
  };
}

export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}

export function storedDraft(): unknown {
  return JSON.parse(localStorage.getItem(DRAFT_KEY) ?? 'null');
}

/** Changes the stored draft as another tab would do. */
export function changeInOtherTab(draft: object | null): void {
  const newValue = draft && JSON.stringify(draft);
  if (newValue === null) localStorage.removeItem(DRAFT_KEY);
  else localStorage.setItem(DRAFT_KEY, newValue);
  window.dispatchEvent(new StorageEvent('storage', { key: DRAFT_KEY, newValue }));
}
