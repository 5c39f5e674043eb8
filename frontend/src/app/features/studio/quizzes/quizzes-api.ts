import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, EMPTY_PAGE, Outline, Page, ApiRequest } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';

export type Kind = ApiResponse<'Question'>['kind'];
export type Problem = ApiResponse<'Problem'>;
export type Regrade = ApiResponse<'Regrade'>;
export type Imported = ApiResponse<'Imported'>;
export type Format = 'gift' | 'moodle_xml';

/** A question as its author sees it, with the key. */
export interface Question extends ApiResponse<'Question'> {
  readonly choices: (ApiRequest<'WantedChoice'> & { id: string; is_correct: boolean })[];
}

export interface Quiz extends Omit<ApiResponse<'Quiz'>, 'questions'> {
  readonly questions: readonly Question[];
}

/** What of a question its author says. */
export type QuestionInput = Pick<Question, 'text' | 'kind' | 'points'> &
  Partial<Pick<Question, 'answer' | 'tolerance' | 'explanation'>> & {
    readonly choices?: readonly ApiRequest<'WantedChoice'>[];
  };

@Injectable({ providedIn: 'root' })
export class QuizzesApi {
  private readonly http = inject(HttpClient);

  ofCourse(course: Signal<string>) {
    return httpResource<Page<ApiResponse<'Quiz'>>>(
      () => ({ url: '/api/quizzes/', params: { course: course(), page_size: 100 } }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  outline(course: Signal<string>) {
    return httpResource<Outline>(() => `/api/courses/${course()}/lessons/`);
  }

  create(lesson: string, title: string): Promise<{ readonly id: string }> {
    return firstValueFrom(this.http.post<{ id: string }>('/api/quizzes/', { lesson, title }));
  }

  remove(quiz: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/quizzes/${quiz}/`));
  }

  order(quiz: string, questions: readonly string[]): Promise<unknown> {
    return firstValueFrom(this.http.put(`/api/quizzes/${quiz}/questions/order/`, { questions }));
  }

  addQuestion(quiz: string, said: QuestionInput): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/questions/', { quiz, ...said }));
  }

  /** A question and its choices are changed in one request. */
  changeQuestion(question: string, said: QuestionInput): Promise<unknown> {
    return firstValueFrom(this.http.patch(`/api/questions/${question}/`, said));
  }

  removeQuestion(question: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/questions/${question}/`));
  }

  import(quiz: string, file: File, format: Format, skipsUnsupported: boolean): Promise<Imported> {
    const form = new FormData();
    form.set('file', file);
    form.set('format', format);
    const params = definedParams({ skip_unsupported: skipsUnsupported || undefined });
    return firstValueFrom(
      this.http.post<Imported>(`/api/quizzes/${quiz}/import/`, form, { params }),
    );
  }

  export(quiz: string, format: Format): Promise<Blob> {
    const options = { params: { format }, responseType: 'blob' } as const;
    return firstValueFrom(this.http.get(`/api/quizzes/${quiz}/export/`, options));
  }

  /** Has the stored submissions graded by today's key; `regraded` says when that is done. */
  regrade(quiz: string): Promise<unknown> {
    return firstValueFrom(this.http.post(`/api/quizzes/${quiz}/regrade/`, null));
  }

  regraded(quiz: string): Promise<Regrade> {
    return firstValueFrom(this.http.get<Regrade>(`/api/quizzes/${quiz}/regrade/`));
  }
}
