import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { PageTitle } from '@core/navigation/titles';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { Leaving, MayHaveUnsaved, askBeforeUnload } from '@shared/unsaved';
import { Attempt } from './attempt';
import { Instructions } from './instructions';
import { QuizApi, Started, Submission } from './quiz-api';
import { Result } from './result';

/**
 * A quiz from its instructions to its result. The address says where one is: `?at=` in the open
 * attempt (a question's number, or `review`), `?submission=` at the result of an earlier one.
 */
@Component({
  selector: 'lms-quiz-page',
  imports: [RouterLink, Failed, Skeleton, Instructions, Attempt, Result],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      @if (quiz.error(); as error) {
        <h1 i18n>Quiz</h1>
        @if (isHidden()) {
          <p class="lead" i18n>There is no such quiz, or you are not enrolled in its course.</p>
          <a class="button" routerLink="/courses" i18n>Find a course</a>
        } @else {
          <lms-failed [error]="error" (retry)="quiz.reload()" />
        }
      } @else if (quiz.hasValue()) {
        @let known = quiz.value();
        <p class="quiet">
          <a [routerLink]="['/learn', known.course, known.lesson.id]">{{ known.lesson.title }}</a>
        </p>
        <h1>{{ known.title }}</h1>
        @if (notice(); as text) {
          <p class="notice" role="status">{{ text }}</p>
        }
        @if (wrong(); as error) {
          <p class="notice wrong" role="alert">{{ error.message }}</p>
        }
        @if (submission()) {
          @if (result.error(); as error) {
            <lms-failed [error]="error" (retry)="result.reload()" />
          } @else if (result.hasValue()) {
            <lms-result [quiz]="known" [submission]="result.value()" />
            <p class="actions">
              @if (result.value().passed) {
                <a class="button" [routerLink]="['/learn', known.course]" i18n>Continue learning</a>
              } @else {
                <a class="button" [routerLink]="['/learn', known.course, known.lesson.id]" i18n>
                  Back to the lesson
                </a>
              }
              <a class="button outlined" routerLink="." i18n>To the quiz’s start</a>
            </p>
          } @else {
            <lms-skeleton [count]="4" height="8rem" />
          }
        } @else if (started(); as open) {
          <lms-attempt
            [quiz]="known.id"
            [started]="open"
            [at]="at() ?? '1'"
            (submitted)="show($event)"
            (over)="close($event)"
          />
        } @else if (at() !== undefined && known.my_open) {
          <lms-skeleton [count]="4" height="4rem" />
        } @else {
          <lms-instructions
            [quiz]="known"
            [submissions]="submissions.value().results"
            [busy]="busy()"
            (begin)="begin()"
          />
        }
      } @else {
        <h1 i18n>Quiz</h1>
        <lms-skeleton [count]="4" height="4rem" />
      }
    </div>
  `,
})
export class QuizPage implements MayHaveUnsaved {
  readonly id = input.required<string>();
  readonly at = input<string>();
  readonly submission = input<string>();

  private readonly api = inject(QuizApi);
  private readonly router = inject(Router);
  private readonly title = inject(PageTitle);
  protected readonly quiz = this.api.quiz(this.id);
  protected readonly submissions = this.api.submissions(this.id);
  protected readonly result = this.api.submission(this.submission);
  protected readonly opened = linkedSignal<string, Started | null>({
    source: this.id,
    computation: () => null,
  });
  protected readonly started = computed(() => (this.at() === undefined ? null : this.opened()));
  protected readonly busy = signal(false);
  protected readonly wrong = signal<ApiError | null>(null);
  protected readonly notice = signal('');
  protected readonly isHidden = computed(() => {
    const error = this.quiz.error();
    return error instanceof ApiError && error.status === 404;
  });

  constructor() {
    askBeforeUnload(this);
    effect(() => this.title.set(this.quiz.hasValue() ? this.quiz.value().title : undefined));
    effect(() => {
      // After a reload in the middle of an attempt the address still says where one was.
      const isInAttempt = this.at() !== undefined && this.submission() === undefined;
      if (!isInAttempt || this.opened() || !this.quiz.hasValue()) return;
      if (this.quiz.value().my_open) untracked(() => void this.open());
    });
  }

  hasUnsaved(): boolean {
    return this.started() !== null && this.submission() === undefined;
  }

  leaving(): Leaving {
    return {
      title: $localize`Leave the quiz?`,
      text: this.opened()?.deadline
        ? $localize`Your attempt stays open and your answers are kept on this device, but the clock runs on.`
        : $localize`Your attempt stays open, and your answers are kept on this device.`,
      action: $localize`Leave the quiz`,
    };
  }

  protected async begin(): Promise<void> {
    await this.open();
    if (this.opened()) await this.go({ at: 1 });
  }

  protected async show(submission: Submission): Promise<void> {
    this.opened.set(null);
    this.notice.set('');
    await this.go({ submission: submission.id }, true);
    this.reload();
  }

  protected async close(error: ApiError): Promise<void> {
    this.opened.set(null);
    this.notice.set(error.message);
    await this.go({}, true);
    this.reload();
  }

  private async open(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.wrong.set(null);
    this.notice.set('');
    try {
      this.opened.set(await this.api.start(this.id()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.wrong.set(error);
      this.reload();
    } finally {
      this.busy.set(false);
    }
  }

  private async go(queryParams: object, replaceUrl = false): Promise<void> {
    await this.router.navigate([], { queryParams, replaceUrl });
  }

  private reload(): void {
    this.quiz.reload();
    this.submissions.reload();
  }
}
