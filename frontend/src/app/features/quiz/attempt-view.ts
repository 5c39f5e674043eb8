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
  signal,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Attempt, Step } from './attempt';
import { Countdown } from './countdown';
import { Question } from './question';
import { Review } from './review';
import { SubmissionStatus } from './submission-status';

/** The value of `?step=` that shows the review instead of a question. */
export const REVIEW = 'review';

/** An open attempt: one question at a time or the review, with the timer and a list of all questions. */
@Component({
  selector: 'lms-quiz-attempt',
  imports: [RouterLink, Question, Review, SubmissionStatus],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './attempt-view.scss',
  template: `
    <div class="layout">
      <div class="main">
        @if (current(); as step) {
          <lms-quiz-submission-status />
          <form class="card" novalidate (submit)="$event.preventDefault(); next()">
            @for (shown of [step]; track shown.question.id) {
              <lms-quiz-question
                [step]="shown"
                [count]="attempt.steps().length"
                [isLocked]="attempt.isTimeUp() || attempt.isSubmitting()"
                (answer)="attempt.answer(shown.question.id, $event)"
                (toggled)="attempt.toggleChoice(shown.question.id, $event.choice, $event.isChosen)"
              />
            }
            <label class="flag">
              <input
                #flagInput
                type="checkbox"
                [checked]="step.isFlagged"
                [disabled]="attempt.isTimeUp() || attempt.isSubmitting()"
                (change)="attempt.flag(step.question.id, flagInput.checked)"
              />
              <span i18n>Flag for review</span>
            </label>
            <p class="actions steps">
              @if (step.number > 1) {
                <button class="button outlined" type="button" (click)="go(step.number - 1)" i18n>
                  Previous
                </button>
              }
              <button class="button" type="submit">
                @if (step.number < attempt.steps().length) {
                  <ng-container i18n>Next</ng-container>
                } @else {
                  <ng-container i18n>Review answers</ng-container>
                }
              </button>
            </p>
          </form>
        } @else {
          <lms-quiz-review />
        }
        <p class="save-status quiet" role="status">
          @if (attempt.isSaved() === false) {
            <strong i18n>
              Your answers cannot be saved on this device. Do not reload or close this page before
              you submit.
            </strong>
          } @else if (attempt.isChangedInOtherTab()) {
            <ng-container i18n>
              Your answers were changed in another tab. The latest change to each answer counts.
            </ng-container>
          } @else if (attempt.isSaved()) {
            <ng-container i18n>Saved on this device</ng-container>
          }
        </p>
      </div>

      <aside>
        @if (countdown.secondsLeft() !== null) {
          <div class="time" [class.short]="(countdown.secondsLeft() ?? 0) <= 60">
            <div class="clock">
              @if (isTimeShown()) {
                <span class="quiet" i18n>Time left</span>
                <strong role="timer">{{ countdown.clock() }}</strong>
              } @else {
                <span class="quiet" i18n>Time hidden</span>
              }
              <button class="plain" type="button" (click)="isTimeShown.set(!isTimeShown())">
                @if (isTimeShown()) {
                  <ng-container i18n>Hide</ng-container>
                } @else {
                  <ng-container i18n>Show</ng-container>
                }
                <span class="visually-hidden" i18n>the time</span>
              </button>
            </div>
            <p class="announcement" role="status" [class.visually-hidden]="isTimeShown()">
              {{ countdown.announcement() }}
            </p>
          </div>
        }
        <nav class="overview" aria-labelledby="overview">
          <h2 id="overview" i18n>All questions</h2>
          <p class="counts quiet">
            <span i18n>{{ answeredCount() }} of {{ attempt.steps().length }} answered</span>
            @if (attempt.flaggedCount() > 0) {
              <span i18n>{{ attempt.flaggedCount() }} flagged for review</span>
            }
          </p>
          <ol>
            @for (step of attempt.steps(); track step.question.id) {
              <li>
                <a
                  routerLink="."
                  replaceUrl
                  [queryParams]="{ step: step.number }"
                  [attr.aria-label]="describe(step)"
                  [attr.aria-current]="step.number === current()?.number ? 'step' : null"
                  [class.answered]="step.isAnswered"
                >
                  {{ step.number }}
                  <span class="symbols" aria-hidden="true">
                    {{ step.isAnswered ? '✓' : '' }}{{ step.isFlagged ? '⚑' : '' }}
                  </span>
                </a>
              </li>
            }
          </ol>
          <p class="legend quiet" aria-hidden="true">
            <span i18n>✓ answered</span> <span i18n>⚑ flagged for review</span>
          </p>
          @if (!isReview()) {
            <a
              class="button outlined"
              routerLink="."
              replaceUrl
              [queryParams]="{ step: review }"
              i18n
            >
              Review and submit
            </a>
          }
        </nav>
      </aside>
    </div>
  `,
})
export class AttemptView {
  /** The number of a question, or `review`. */
  readonly step = input.required<string>();

  private readonly router = inject(Router);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly attempt = inject(Attempt);
  protected readonly countdown = inject(Countdown);
  protected readonly review = REVIEW;

  protected readonly isReview = computed(() => this.step() === REVIEW);
  protected readonly number = computed(() => {
    const requested = Number.parseInt(this.step(), 10) || 1;
    return Math.min(Math.max(requested, 1), this.attempt.steps().length);
  });
  protected readonly current = computed(() =>
    this.isReview() ? undefined : this.attempt.steps()[this.number() - 1],
  );
  protected readonly answeredCount = computed(
    () => this.attempt.steps().length - this.attempt.unansweredCount(),
  );
  protected readonly isTimeShown = signal(true);

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      this.step();
      afterNextRender(() => this.focusStep(), { injector });
    });
  }

  protected go(step: number | string): void {
    void this.router.navigate([], { queryParams: { step }, replaceUrl: true });
  }

  protected next(): void {
    const isLast = this.number() === this.attempt.steps().length;
    this.go(isLast ? REVIEW : this.number() + 1);
  }

  protected describe({ number, isAnswered, isFlagged }: Step): string {
    return [
      $localize`Question ${number}:number:`,
      isAnswered ? $localize`answered` : $localize`not answered`,
      ...(isFlagged ? [$localize`flagged for review`] : []),
    ].join(', ');
  }

  private focusStep(): void {
    this.host.querySelector<HTMLElement>('[data-step]')?.focus({ preventScroll: true });
  }
}
