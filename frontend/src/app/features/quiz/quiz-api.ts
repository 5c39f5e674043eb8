import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { Answered, EMPTY_PAGE, Page, Sent } from '@core/api/models';
import { Session } from '@core/auth/session';

export type AskedQuestion = Answered<'AskedQuestion'>;
export type Feedback = Sent<'Feedback'>; // the key is there only where it may be known
export type Submission = Answered<'Submission'>;
export type Started = Answered<'Started'>;

/** A quiz as its learner sees it, with its lesson's card. */
export interface Quiz extends Omit<Answered<'Quiz'>, 'lesson'> {
  readonly lesson: { readonly id: string; readonly title: string };
}

/** What one answers: choices by their ids, or a text. */
export type Given = { readonly choices: readonly string[] } | { readonly text: string };

@Injectable({ providedIn: 'root' })
export class QuizApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  quiz(id: Signal<string>) {
    return httpResource<Quiz>(() => `/api/quizzes/${id()}/?expand=lesson`);
  }

  /** One's own submissions to the quiz, the newest first. */
  submissions(quiz: Signal<string>) {
    return httpResource<Page<Submission>>(
      () => {
        const student = this.session.user()?.id;
        if (!student) return undefined;
        const params = { quiz: quiz(), student, page_size: 100 };
        return { url: '/api/quiz-submissions/', params };
      },
      { defaultValue: EMPTY_PAGE },
    );
  }

  submission(id: Signal<string | undefined>) {
    return httpResource<Submission>(() => {
      const wanted = id();
      return wanted ? `/api/quiz-submissions/${wanted}/` : undefined;
    });
  }

  /** Opens an attempt, or returns the one that is open. */
  start(quiz: string): Promise<Started> {
    return firstValueFrom(this.http.post<Started>(`/api/quizzes/${quiz}/start/`, null));
  }

  /** Sends the answers; the same key again never counts as another attempt. */
  submit(quiz: string, answers: Readonly<Record<string, Given>>, key: string): Promise<Submission> {
    const body = {
      quiz,
      answers: Object.entries(answers).map(([question, given]) => ({ question, ...given })),
    };
    return firstValueFrom(
      this.http.post<Submission>('/api/quiz-submissions/', body, {
        headers: { 'Idempotency-Key': key },
      }),
    );
  }
}
