import { DatePipe, DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { inWordsOf, rightAnswerOf } from './answers';
import { Ending } from './attempt';
import { Asked, Feedback, AnswerInput, Quiz, Submission } from './quiz-api';
import { Refusal } from './refusal';

interface Line {
  readonly question: Asked;
  readonly feedback: Feedback | undefined;
  readonly given: string;
  readonly right: string;
  readonly options: readonly Option[];
}

/** A choice as it was offered; `isRight` is null where the key is not shown. */
interface Option {
  readonly text: string;
  readonly isGiven: boolean;
  readonly isRight: boolean | null;
}

/** What an attempt came to, question by question, and what to do next. */
@Component({
  selector: 'lms-quiz-result',
  imports: [DatePipe, DecimalPipe, PercentPipe, RouterLink, Refusal],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './result.scss',
  template: `
    <section class="outcome card" [class.passed]="submission().passed">
      <h2 tabindex="-1">
        @if (submission().passed) {
          <ng-container i18n>Passed</ng-container>
        } @else {
          <ng-container i18n>Not passed</ng-container>
        }
        <span class="percentage">{{ submission().percentage / 100 | percent: '1.0-2' }}</span>
      </h2>
      <p class="facts">
        <span i18n>
          {{ submission().score | number: '1.0-2' }} of
          {{ submission().max_score | number: '1.0-2' }}
          points
        </span>
        <span i18n>{{ quiz().pass_mark / 100 | percent }} to pass</span>
        <span i18n>
          Attempt {{ submission().attempt }}, {{ submission().submitted_at | date: 'mediumDate' }},
          {{ submission().submitted_at | date: 'shortTime' }}
        </span>
      </p>
      @if (student(); as name) {
        <p i18n>Submitted by {{ name }}</p>
      }
      @if (isByTime()) {
        <p class="note" i18n>The time was up: your answers were submitted as they were.</p>
      }
      @if (isFromElsewhere()) {
        <p class="note" i18n>
          This attempt was submitted already, in another tab or on another device. What was changed
          here since does not count.
        </p>
      }
    </section>

    @if (refusal(); as error) {
      <lms-quiz-refusal [error]="error" [course]="quiz().course.id" />
    }
    @if (!student()) {
      <p class="actions next">
        @if (submission().passed) {
          <a class="button" [routerLink]="['/learn', quiz().course.id]" i18n>Continue learning</a>
        } @else if (left() > 0) {
          <button class="button" type="button" [disabled]="starting()" (click)="again.emit()" i18n>
            Try again
          </button>
        }
        <a
          class="button outlined"
          [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]"
          i18n
        >
          Back to the lesson
        </a>
        <a class="button outlined" routerLink="." i18n>All my attempts</a>
        @if (!submission().passed) {
          <span class="quiet">
            @if (left() === 0) {
              <ng-container i18n>No attempt is left.</ng-container>
            } @else if (quiz().max_attempts) {
              <ng-container i18n>
                {left(), plural, =1 {1 attempt left} other {{{ left() }} attempts left}}
              </ng-container>
            }
          </span>
        }
      </p>
    }

    <h2 i18n>Question by question</h2>
    @if (!isKeyShown()) {
      <p class="notice">
        @if (quiz().show_key === 'after_pass') {
          <ng-container i18n>The right answers are shown here once you have passed.</ng-container>
        } @else {
          <ng-container i18n>This quiz does not show its right answers.</ng-container>
        }
      </p>
    }
    <ol>
      @for (line of lines(); track line.question.id) {
        <li class="card">
          <h3>
            <span class="quiet" i18n>Question {{ line.question.position }}</span>
            <span class="visually-hidden">:</span>
            <span class="text">{{ line.question.text }}</span>
          </h3>
          @if (line.feedback; as feedback) {
            <p class="mark">
              @if (feedback.correct) {
                <span class="badge right" i18n>✓ Right</span>
              } @else if (feedback.points > 0) {
                <span class="badge" i18n>Partly right</span>
              } @else if (!line.given) {
                <span class="badge wrong" i18n>Not answered</span>
              } @else {
                <span class="badge wrong" i18n>✗ Wrong</span>
              }
              <span class="quiet" i18n>
                {{ feedback.points | number: '1.0-2' }} of
                {{ feedback.max_points | number: '1.0-2' }}
                points
              </span>
            </p>
          }
          @if (line.options.length > 0) {
            <ul>
              @for (option of line.options; track $index) {
                <li [class.given]="option.isGiven" [class.key]="option.isRight">
                  <span>{{ option.text }}</span>
                  @if (option.isGiven) {
                    <span class="badge" i18n>Your answer</span>
                  }
                  @if (option.isRight) {
                    <span class="badge right" i18n>✓ Right answer</span>
                  }
                </li>
              }
            </ul>
          } @else {
            <dl>
              <dt i18n>Your answer</dt>
              <dd>
                @if (line.given) {
                  {{ line.given }}
                } @else {
                  <span class="quiet" i18n>None</span>
                }
              </dd>
              @if (line.right) {
                <dt i18n>Right answer</dt>
                <dd>{{ line.right }}</dd>
              }
            </dl>
          }
          @if (line.feedback?.explanation; as explanation) {
            <p class="explanation">{{ explanation }}</p>
          }
        </li>
      }
    </ol>
  `,
})
export class Result {
  readonly quiz = input.required<Quiz>();
  readonly submission = input.required<Submission>();
  readonly user = input.required<string>();
  readonly ending = input<Ending | null>(null);
  readonly starting = input(false);
  readonly refusal = input<ApiError | null>(null);
  readonly again = output();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  /** Who submitted it, where it was somebody else; null where it is one's own. */
  protected readonly student = computed(() => {
    const { student } = this.submission();
    if (typeof student === 'string') return null;
    if (student === null) return $localize`somebody who has left`;
    return student.id === this.user() ? null : student.username;
  });
  protected readonly left = computed(() => {
    const { max_attempts, my_attempts } = this.quiz();
    if (my_attempts === undefined) return 0;
    return max_attempts === null ? Infinity : Math.max(0, max_attempts - my_attempts);
  });
  protected readonly isKeyShown = computed(() =>
    this.submission().feedback.some(one => one.answer !== undefined),
  );
  protected readonly isByTime = computed(() => {
    const ending = this.ending();
    return ending?.kind === 'submitted' && ending.byTime && this.isOf(ending.submission.id);
  });
  protected readonly isFromElsewhere = computed(() => {
    const ending = this.ending();
    return ending?.kind === 'elsewhere' && this.isOf(ending.submission);
  });
  protected readonly lines = computed<readonly Line[]>(() => {
    const { questions, feedback, answers } = this.submission();
    return questions.map(question => {
      const about = feedback.find(one => one.question === question.id);
      const given = answers.find(one => one.question === question.id);
      return {
        question,
        feedback: about,
        given: inWordsOf(question, given),
        right: rightAnswerOf(question, about),
        options: optionsOf(question, about, given),
      };
    });
  });

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      this.submission();
      afterNextRender(() => this.focusOutcome(), { injector });
    });
  }

  private isOf(id: string): boolean {
    return id === this.submission().id;
  }

  private focusOutcome(): void {
    this.host.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }
}

function optionsOf(
  question: Asked,
  feedback: Feedback | undefined,
  given: AnswerInput | undefined,
): readonly Option[] {
  const chosen = given && 'choices' in given ? given.choices : [];
  return question.choices.map(({ id, text }) => ({
    text,
    isGiven: chosen.includes(id),
    isRight: feedback?.choices?.find(one => one.id === id)?.is_correct ?? null,
  }));
}
