import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, Page } from '@core/api/models';
import { inBackground } from '@core/http/contexts';

interface Card {
  readonly id: string;
  readonly title: string;
}

/** How one stands in a quiz; who does not learn in its course has no `my_…`. */
export interface Standing {
  readonly my_attempts?: number;
  readonly my_grade?: number | null;
  readonly my_passed?: boolean;
  readonly my_open?: OpenAttempt | null;
  /** The server's clock. */
  readonly now: string;
  /** The device's clock when the answer came. */
  readonly readAt: number;
}

export interface OpenAttempt {
  readonly attempt: number;
  readonly started_at: string;
  readonly deadline: string | null;
}

/** A quiz as its page shows it. */
export type Quiz = Omit<ApiResponse<'Quiz'>, 'lesson' | 'course' | keyof Standing | 'questions'> & {
  readonly lesson: Card;
  readonly course: Card;
} & Standing;

export type Started = ApiResponse<'Started'>;
export type Asked = ApiResponse<'AskedQuestion'>;
export type Feedback = ApiResponse<'Submission'>['feedback'][number];
export type AttemptSummary = Omit<ApiResponse<'Submission'>, 'answers' | 'feedback' | 'questions'>;

/** What is answered to one question. */
export type AnswerInput = { readonly choices: readonly string[] } | { readonly text: string };
export type Answer = AnswerInput & { readonly question: string };

export type Submission = Omit<ApiResponse<'Submission'>, 'answers' | 'student'> & {
  readonly answers: readonly Answer[];
  readonly student: string | { readonly id: string; readonly username: string } | null;
};

/** An answer that does not come counts as a lost connection. */
const PATIENCE_MS = 20_000;
const SHOWN_AT_ONCE = 20;
const MOST = 100;

@Injectable({ providedIn: 'root' })
export class QuizApi {
  private readonly http = inject(HttpClient);

  quiz(id: Signal<string>) {
    return httpResource<Quiz>(() => ({ url: urlOf(id()), params: { expand: 'lesson,course' } }), {
      parse: answer => ({ ...(answer as Quiz), readAt: Date.now() }),
    });
  }

  submission(id: Signal<string | undefined>) {
    return httpResource<Submission>(() => {
      const wanted = id();
      return wanted
        ? { url: `/api/quiz-submissions/${wanted}/`, params: { expand: 'student' } }
        : undefined;
    });
  }

  /** Reads how one stands in the quiz now. */
  async standing(quiz: string): Promise<Standing> {
    const context = inBackground();
    const { my_attempts, my_grade, my_passed, my_open, now } = await firstValueFrom(
      this.http.get<Quiz>(urlOf(quiz), { context }),
    );
    return { my_attempts, my_grade, my_passed, my_open, now, readAt: Date.now() };
  }

  /** Opens an attempt, or returns the one that is open. */
  start(quiz: string): Promise<Started> {
    return firstValueFrom(this.http.post<Started>(`${urlOf(quiz)}start/`, {}));
  }

  /** The attempts that somebody has submitted, the newest first; `next` leads to older ones. */
  submissions(quiz: string, student: string, next: string | null): Promise<Page<AttemptSummary>> {
    const params = next ? undefined : { quiz, student, page_size: SHOWN_AT_ONCE };
    return firstValueFrom(
      this.http.get<Page<AttemptSummary>>(next ? pathOf(next) : SUBMISSIONS, { params }),
    );
  }

  /** Finds what has been submitted as that attempt, if it was. */
  async submittedAs(quiz: string, student: string, attempt: number): Promise<string | null> {
    const params = { quiz, student, page_size: MOST };
    const newest = await firstValueFrom(
      this.http.get<Page<AttemptSummary>>(SUBMISSIONS, { params }),
    );
    return newest.results.find(one => one.attempt === attempt)?.id ?? null;
  }

  /** Submits; the same answers under the same key count once, however often they are sent. */
  submit(quiz: string, answers: readonly Answer[], key: string): Promise<Submission> {
    return firstValueFrom(
      this.http.post<Submission>(
        SUBMISSIONS,
        { quiz, answers },
        { headers: { 'Idempotency-Key': key }, timeout: PATIENCE_MS },
      ),
    );
  }
}

const SUBMISSIONS = '/api/quiz-submissions/';

function urlOf(quiz: string): string {
  return `/api/quizzes/${quiz}/`;
}

/** The list's `next` bears the server's own name, which a proxy may have changed. */
function pathOf(url: string): string {
  const { pathname, search } = new URL(url);
  return pathname + search;
}
