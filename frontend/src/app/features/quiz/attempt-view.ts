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
  templateUrl: './attempt-view.html',
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
