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
import { formatAnswer, formatCorrectAnswer } from './answer-format';
import { AttemptOutcome } from './attempt';
import { chosenIds } from './draft';
import { AnswerInput, Feedback, QuestionSnapshot, Quiz, Submission } from './quiz-api';
import { StartError } from './start-error';

interface ResultRow {
  readonly question: QuestionSnapshot;
  readonly feedback: Feedback | undefined;
  readonly answer: string;
  readonly correctAnswer: string;
  readonly choices: readonly ResultChoice[];
}

/** A choice of a question; `isCorrect` is null if the answer key is hidden. */
interface ResultChoice {
  readonly text: string;
  readonly isChosen: boolean;
  readonly isCorrect: boolean | null;
}

/** The result of a submission, question by question, and what to do next. */
@Component({
  selector: 'lms-quiz-result',
  imports: [DatePipe, DecimalPipe, PercentPipe, RouterLink, StartError],
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
        <span i18n>Pass mark: {{ quiz().pass_mark / 100 | percent }}</span>
        <span i18n>
          Attempt {{ submission().attempt }}, {{ submission().submitted_at | date: 'mediumDate' }},
          {{ submission().submitted_at | date: 'shortTime' }}
        </span>
      </p>
      @if (student(); as name) {
        <p i18n>Submitted by {{ name }}</p>
      }
      @if (isAutomatic()) {
        <p class="note" i18n>Time ran out, so your answers were submitted automatically.</p>
      }
      @if (isSubmittedElsewhere()) {
        <p class="note" i18n>
          This attempt was already submitted in another tab or on another device. Later changes on
          this page do not count.
        </p>
      }
    </section>

    @if (startError(); as error) {
      <lms-quiz-start-error [error]="error" [course]="quiz().course.id" />
    }
    @if (!student()) {
      <p class="actions next">
        @if (submission().passed) {
          <a class="button" [routerLink]="['/learn', quiz().course.id]" i18n>Continue learning</a>
        } @else if (attemptsLeft() > 0) {
          <button
            class="button"
            type="button"
            [disabled]="isStarting()"
            (click)="retry.emit()"
            i18n
          >
            Try again
          </button>
        }
        <a
          class="button outlined"
          [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]"
          i18n
        >
          Back to lesson
        </a>
        <a class="button outlined" routerLink="." i18n>All attempts</a>
        @if (!submission().passed) {
          <span class="quiet">
            @if (attemptsLeft() === 0) {
              <ng-container i18n>No attempts left.</ng-container>
            } @else if (quiz().max_attempts) {
              <ng-container i18n>
                {attemptsLeft(), plural,
                  =1 {1 attempt left}
                  other {{{ attemptsLeft() }} attempts left}
                }
              </ng-container>
            }
          </span>
        }
      </p>
    }

    <h2 i18n>Question by question</h2>
    @if (!isAnswerKeyShown()) {
      <p class="notice">
        @if (quiz().show_key === 'after_pass') {
          <ng-container i18n>The correct answers are shown here after you pass.</ng-container>
        } @else {
          <ng-container i18n>This quiz does not show the correct answers.</ng-container>
        }
      </p>
    }
    <ol>
      @for (row of rows(); track row.question.id) {
        <li class="card">
          <h3>
            <span class="quiet" i18n>Question {{ row.question.position }}</span>
            <span class="visually-hidden">:</span>
            <span class="text">{{ row.question.text }}</span>
          </h3>
          @if (row.feedback; as feedback) {
            <p class="grading">
              @if (feedback.correct) {
                <span class="badge correct" i18n>✓ Correct</span>
              } @else if (feedback.points > 0) {
                <span class="badge" i18n>Partially correct</span>
              } @else if (!row.answer) {
                <span class="badge incorrect" i18n>Not answered</span>
              } @else {
                <span class="badge incorrect" i18n>✗ Incorrect</span>
              }
              <span class="quiet" i18n>
                {{ feedback.points | number: '1.0-2' }} of
                {{ feedback.max_points | number: '1.0-2' }}
                points
              </span>
            </p>
          }
          @if (row.choices.length > 0) {
            <ul>
              @for (choice of row.choices; track $index) {
                <li [class.chosen]="choice.isChosen" [class.correct]="choice.isCorrect">
                  <span>{{ choice.text }}</span>
                  @if (choice.isChosen) {
                    <span class="badge" i18n>Your answer</span>
                  }
                  @if (choice.isCorrect) {
                    <span class="badge correct" i18n>✓ Correct answer</span>
                  }
                </li>
              }
            </ul>
          } @else {
            <dl>
              <dt i18n>Your answer</dt>
              <dd>
                @if (row.answer) {
                  {{ row.answer }}
                } @else {
                  <span class="quiet" i18n>None</span>
                }
              </dd>
              @if (row.correctAnswer) {
                <dt i18n>Correct answer</dt>
                <dd>{{ row.correctAnswer }}</dd>
              }
            </dl>
          }
          @if (row.feedback?.explanation; as explanation) {
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
  readonly outcome = input<AttemptOutcome | null>(null);
  readonly isStarting = input(false);
  readonly startError = input<ApiError | null>(null);
  readonly retry = output();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  /** The name of the student; null if the current user submitted it. */
  protected readonly student = computed(() => {
    const { student } = this.submission();
    if (typeof student === 'string') return null;
    if (student === null) return $localize`deleted user`;
    return student.id === this.user() ? null : student.username;
  });
  protected readonly attemptsLeft = computed(() => {
    const { max_attempts, my_attempts } = this.quiz();
    if (my_attempts === undefined) return 0;
    return max_attempts === null ? Infinity : Math.max(0, max_attempts - my_attempts);
  });
  protected readonly isAnswerKeyShown = computed(() =>
    this.submission().feedback.some(({ answer }) => answer !== undefined),
  );
  protected readonly isAutomatic = computed(() => {
    const outcome = this.outcome();
    return (
      outcome?.kind === 'submitted' && outcome.isAutomatic && this.isShown(outcome.submission.id)
    );
  });
  protected readonly isSubmittedElsewhere = computed(() => {
    const outcome = this.outcome();
    return outcome?.kind === 'submitted-elsewhere' && this.isShown(outcome.submission);
  });
  protected readonly rows = computed<readonly ResultRow[]>(() => {
    const { questions, feedback, answers } = this.submission();
    return questions.map(question => {
      const ownFeedback = feedback.find(one => one.question === question.id);
      const answer = answers.find(one => one.question === question.id);
      return {
        question,
        feedback: ownFeedback,
        answer: formatAnswer(question, answer),
        correctAnswer: formatCorrectAnswer(question, ownFeedback),
        choices: choicesOf(question, ownFeedback, answer),
      };
    });
  });

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      this.submission();
      afterNextRender(() => this.focusHeading(), { injector });
    });
  }

  private isShown(id: string): boolean {
    return id === this.submission().id;
  }

  private focusHeading(): void {
    this.host.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }
}

function choicesOf(
  question: QuestionSnapshot,
  feedback: Feedback | undefined,
  answer: AnswerInput | undefined,
): readonly ResultChoice[] {
  const chosen = chosenIds(answer);
  return question.choices.map(({ id, text }) => ({
    text,
    isChosen: chosen.includes(id),
    isCorrect: feedback?.choices?.find(one => one.id === id)?.is_correct ?? null,
  }));
}
