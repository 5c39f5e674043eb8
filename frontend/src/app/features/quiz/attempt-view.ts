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
import { Sending } from './sending';

/** Where one is in an attempt: `?step=` a question's number, or this. */
export const REVIEW = 'review';

/** An open attempt: one question at a time, a map of all, the time, and the look over them all. */
@Component({
  selector: 'lms-quiz-attempt',
  imports: [RouterLink, Question, Review, Sending],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './attempt-view.scss',
  template: `
    <div class="layout">
      <div class="main">
        @if (current(); as step) {
          <lms-quiz-sending />
          <form class="card" novalidate (submit)="$event.preventDefault(); next()">
            @for (one of [step]; track one.question.id) {
              <lms-quiz-question
                [step]="one"
                [count]="attempt.steps().length"
                [isLocked]="attempt.isTimeUp() || attempt.isSending()"
                (answer)="attempt.give(one.question.id, $event)"
                (toggled)="attempt.toggle(one.question.id, $event.choice, $event.isChosen)"
              />
            }
            <label class="mark">
              <input
                #mark
                type="checkbox"
                [checked]="step.isMarked"
                [disabled]="attempt.isTimeUp() || attempt.isSending()"
                (change)="attempt.mark(step.question.id, mark.checked)"
              />
              <span i18n>Mark for review</span>
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
        <p class="kept quiet" role="status">
          @if (attempt.kept() === false) {
            <strong i18n>
              This device cannot keep your answers: do not reload or close this page before you have
              submitted.
            </strong>
          } @else if (attempt.changedElsewhere()) {
            <ng-container i18n>
              Your answers were changed in another tab; the last change of each one counts.
            </ng-container>
          } @else if (attempt.kept()) {
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
                <span class="quiet" i18n>The time is hidden</span>
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
            <p class="said" role="status" [class.visually-hidden]="isTimeShown()">
              {{ countdown.said() }}
            </p>
          </div>
        }
        <nav class="map" aria-labelledby="map">
          <h2 id="map" i18n>All questions</h2>
          <p class="counts quiet">
            <span i18n>{{ answered() }} of {{ attempt.steps().length }} answered</span>
            @if (attempt.marked() > 0) {
              <span i18n>{{ attempt.marked() }} marked for review</span>
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
                  <span class="signs" aria-hidden="true">
                    {{ step.isAnswered ? '✓' : '' }}{{ step.isMarked ? '⚑' : '' }}
                  </span>
                </a>
              </li>
            }
          </ol>
          <p class="key quiet" aria-hidden="true">
            <span i18n>✓ answered</span> <span i18n>⚑ marked for review</span>
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
  /** A question's number, or `review`. */
  readonly step = input.required<string>();

  private readonly router = inject(Router);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly attempt = inject(Attempt);
  protected readonly countdown = inject(Countdown);
  protected readonly review = REVIEW;

  protected readonly isReview = computed(() => this.step() === REVIEW);
  protected readonly number = computed(() => {
    const wanted = Number.parseInt(this.step(), 10) || 1;
    return Math.min(Math.max(wanted, 1), this.attempt.steps().length);
  });
  protected readonly current = computed(() =>
    this.isReview() ? undefined : this.attempt.steps()[this.number() - 1],
  );
  protected readonly answered = computed(
    () => this.attempt.steps().length - this.attempt.unanswered(),
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

  protected describe({ number, isAnswered, isMarked }: Step): string {
    return [
      $localize`Question ${number}:number:`,
      isAnswered ? $localize`answered` : $localize`not answered`,
      ...(isMarked ? [$localize`marked for review`] : []),
    ].join(', ');
  }

  private focusStep(): void {
    this.host.querySelector<HTMLElement>('[data-step]')?.focus({ preventScroll: true });
  }
}
