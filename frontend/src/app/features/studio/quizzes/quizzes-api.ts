import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiRequest, ApiResponse } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';

export type QuestionKind = ApiResponse<'Question'>['kind'];
export type QuizProblem = ApiResponse<'Problem'>;
export type Regrade = ApiResponse<'Regrade'>;
export type ImportResult = ApiResponse<'Imported'>;
export type BankFormat = 'gift' | 'moodle_xml';

/** A question with its answer key, as instructors see it. */
export interface Question extends ApiResponse<'Question'> {
  readonly choices: (ApiRequest<'WantedChoice'> & { id: string; is_correct: boolean })[];
}

export interface Quiz extends Omit<ApiResponse<'Quiz'>, 'questions'> {
  readonly questions: readonly Question[];
}

/** The fields of a question that an instructor can edit. */
export type QuestionInput = Pick<Question, 'text' | 'kind' | 'points'> &
  Partial<Pick<Question, 'answer' | 'tolerance' | 'explanation'>> & {
    readonly choices?: readonly ApiRequest<'WantedChoice'>[];
  };

@Injectable({ providedIn: 'root' })
export class QuizzesApi {
  private readonly http = inject(HttpClient);

  create(lesson: string, title: string): Promise<{ readonly id: string }> {
    return firstValueFrom(this.http.post<{ id: string }>('/api/quizzes/', { lesson, title }));
  }

  remove(quiz: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/quizzes/${quiz}/`));
  }

  reorderQuestions(quiz: string, questions: readonly string[]): Promise<unknown> {
    return firstValueFrom(this.http.put(`/api/quizzes/${quiz}/questions/order/`, { questions }));
  }

  addQuestion(quiz: string, input: QuestionInput): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/questions/', { quiz, ...input }));
  }

  /** Updates a question and its choices in one request. */
  updateQuestion(question: string, input: QuestionInput): Promise<unknown> {
    return firstValueFrom(this.http.patch(`/api/questions/${question}/`, input));
  }

  removeQuestion(question: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/questions/${question}/`));
  }

  import(
    quiz: string,
    file: File,
    format: BankFormat,
    skipUnsupported: boolean,
  ): Promise<ImportResult> {
    const form = new FormData();
    form.set('file', file);
    form.set('format', format);
    const params = definedParams({ skip_unsupported: skipUnsupported || undefined });
    return firstValueFrom(
      this.http.post<ImportResult>(`/api/quizzes/${quiz}/import/`, form, { params }),
    );
  }

  export(quiz: string, format: BankFormat): Promise<Blob> {
    const options = { params: { format }, responseType: 'blob' } as const;
    return firstValueFrom(this.http.get(`/api/quizzes/${quiz}/export/`, options));
  }

  /** Starts regrading all submissions with the current answer key; see `regradeStatus`. */
  regrade(quiz: string): Promise<unknown> {
    return firstValueFrom(this.http.post(`/api/quizzes/${quiz}/regrade/`, null));
  }

  regradeStatus(quiz: string): Promise<Regrade> {
    return firstValueFrom(this.http.get<Regrade>(`/api/quizzes/${quiz}/regrade/`));
  }
}
