import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, Page } from '@core/api/models';
import { inBackground } from '@core/http/contexts';

interface TitledObject {
  readonly id: string;
  readonly title: string;
}

/** A student's progress in a quiz; the `my_…` fields are missing for users who are not enrolled. */
export interface QuizProgress {
  readonly my_attempts?: number;
  readonly my_grade?: number | null;
  readonly my_passed?: boolean;
  readonly my_open?: OpenAttempt | null;
  /** The server's clock. */
  readonly now: string;
  /** The device's clock when the response arrived. */
  readonly receivedAt: number;
}

export interface OpenAttempt {
  readonly attempt: number;
  readonly started_at: string;
  readonly deadline: string | null;
}

/** A quiz with its lesson, its course, and the progress of the current user. */
export type Quiz = Omit<
  ApiResponse<'Quiz'>,
  'lesson' | 'course' | keyof QuizProgress | 'questions'
> & {
  readonly lesson: TitledObject;
  readonly course: TitledObject;
} & QuizProgress;

/** An open attempt with its questions. */
export type StartedAttempt = ApiResponse<'Started'>;
/** A question as it was when the attempt started. */
export type QuestionSnapshot = ApiResponse<'AskedQuestion'>;
export type Feedback = ApiResponse<'Submission'>['feedback'][number];
export type AttemptSummary = Omit<ApiResponse<'Submission'>, 'answers' | 'feedback' | 'questions'>;

/** The answer to one question. */
export type AnswerInput = { readonly choices: readonly string[] } | { readonly text: string };
export type Answer = AnswerInput & { readonly question: string };

export type Submission = Omit<ApiResponse<'Submission'>, 'answers' | 'student'> & {
  readonly answers: readonly Answer[];
  readonly student: string | { readonly id: string; readonly username: string } | null;
};

/** After this time without a response, the connection counts as lost. */
const SUBMIT_TIMEOUT_MS = 20_000;
const PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;
const SUBMISSIONS = '/api/quiz-submissions/';

@Injectable({ providedIn: 'root' })
export class QuizApi {
  private readonly http = inject(HttpClient);

  quiz(id: Signal<string>) {
    return httpResource<Quiz>(() => ({ url: quizUrl(id()), params: { expand: 'lesson,course' } }), {
      parse: body => ({ ...(body as Quiz), receivedAt: Date.now() }),
    });
  }

  submission(id: Signal<string | undefined>) {
    return httpResource<Submission>(() => {
      const submission = id();
      return submission
        ? { url: `${SUBMISSIONS}${submission}/`, params: { expand: 'student' } }
        : undefined;
    });
  }

  async progress(quiz: string): Promise<QuizProgress> {
    const context = inBackground();
    const { my_attempts, my_grade, my_passed, my_open, now } = await firstValueFrom(
      this.http.get<Quiz>(quizUrl(quiz), { context }),
    );
    return { my_attempts, my_grade, my_passed, my_open, now, receivedAt: Date.now() };
  }

  /** Starts an attempt, or returns the attempt that is already open. */
  start(quiz: string): Promise<StartedAttempt> {
    return firstValueFrom(this.http.post<StartedAttempt>(`${quizUrl(quiz)}start/`, {}));
  }

  /** Returns a student's submissions, newest first. Pass a page's `next` to get older ones. */
  submissions(quiz: string, student: string, next: string | null): Promise<Page<AttemptSummary>> {
    const params = next ? undefined : { quiz, student, page_size: PAGE_SIZE };
    return firstValueFrom(
      this.http.get<Page<AttemptSummary>>(next ? relativeUrl(next) : SUBMISSIONS, { params }),
    );
  }

  /** Returns the id of an attempt's submission, or null if there is none. */
  async findSubmission(quiz: string, student: string, attempt: number): Promise<string | null> {
    const params = { quiz, student, page_size: MAX_PAGE_SIZE };
    const newest = await firstValueFrom(
      this.http.get<Page<AttemptSummary>>(SUBMISSIONS, { params }),
    );
    return newest.results.find(submission => submission.attempt === attempt)?.id ?? null;
  }

  /** Submits answers; repeating a request with the same idempotency key has no further effect. */
  submit(quiz: string, answers: readonly Answer[], idempotencyKey: string): Promise<Submission> {
    return firstValueFrom(
      this.http.post<Submission>(
        SUBMISSIONS,
        { quiz, answers },
        { headers: { 'Idempotency-Key': idempotencyKey }, timeout: SUBMIT_TIMEOUT_MS },
      ),
    );
  }
}

function quizUrl(quiz: string): string {
  return `/api/quizzes/${quiz}/`;
}

/** Drops the host of a `next` link, because behind a proxy it may differ from the page's host. */
function relativeUrl(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
