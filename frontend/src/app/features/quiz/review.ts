import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  signal,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { Attempt } from './attempt';
import { formatAnswer } from './answer-format';
import { SubmissionStatus } from './submission-status';

/** Lists all questions with their answers, and submits them; asks first if answers are missing. */
@Component({
  selector: 'lms-quiz-review',
  imports: [RouterLink, SubmissionStatus],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './review.scss',
  template: `
    <section class="card">
      <h2 tabindex="-1" data-step i18n>Review your answers</h2>
      <p class="quiet">
        @if (attempt.unansweredCount() > 0) {
          <ng-container i18n>
            {attempt.unansweredCount(), plural,
              =1 {1 question is not answered yet.}
              other {{{ attempt.unansweredCount() }} questions are not answered yet.}
            }
          </ng-container>
        } @else {
          <ng-container i18n>All questions are answered.</ng-container>
        }
      </p>
      <p class="quiet" i18n>Your answers are not submitted until you press the button below.</p>
      <ol>
        @for (step of attempt.steps(); track step.question.id) {
          <li>
            <a routerLink="." replaceUrl [queryParams]="{ step: step.number }">
              <span class="visually-hidden" i18n>Question {{ step.number }}:</span>
              {{ step.question.text }}
            </a>
            <p class="answer">
              @if (step.isAnswered) {
                <span class="visually-hidden" i18n>Your answer:</span>
                {{ formatAnswer(step.question, step.answer) }}
              } @else {
                <span class="badge missing" i18n>Not answered</span>
              }
              @if (step.isFlagged) {
                <span class="badge" i18n>Flagged for review</span>
              }
            </p>
          </li>
        }
      </ol>
      <lms-quiz-submission-status />
      @if (isConfirming()) {
        <div
          class="notice confirmation"
          role="group"
          aria-labelledby="unanswered"
          (keydown.escape)="cancel()"
        >
          <p #confirmation id="unanswered" tabindex="-1" i18n>
            {attempt.unansweredCount(), plural,
              =1 {1 question is not answered and scores no points.}
              other {
                {{ attempt.unansweredCount() }} questions are not answered and score no points.
              }
            }
            Submit anyway?
          </p>
          <p class="actions">
            <button class="button" type="button" (click)="submitAnyway()" i18n>
              Submit anyway
            </button>
            <button class="button outlined" type="button" (click)="cancel()" i18n>Cancel</button>
          </p>
        </div>
      } @else {
        <p class="actions">
          @if (!attempt.error()) {
            <button
              #submitButton
              class="button"
              type="button"
              [disabled]="attempt.isSubmitting()"
              (click)="submit()"
            >
              @if (attempt.isSubmitting()) {
                <ng-container i18n>Submitting…</ng-container>
              } @else {
                <ng-container i18n>Submit answers</ng-container>
              }
            </button>
          }
          <a
            class="button outlined"
            routerLink="."
            replaceUrl
            [queryParams]="{ step: attempt.steps().length }"
            i18n
          >
            Back to questions
          </a>
        </p>
      }
    </section>
  `,
})
export class Review {
  protected readonly attempt = inject(Attempt);
  protected readonly formatAnswer = formatAnswer;
  protected readonly isConfirming = signal(false);
  private readonly confirmation = viewChild<ElementRef<HTMLElement>>('confirmation');
  private readonly submitButton = viewChild<ElementRef<HTMLElement>>('submitButton');

  protected submit(): void {
    if (this.attempt.unansweredCount() === 0) {
      void this.attempt.submit();
      return;
    }
    this.isConfirming.set(true);
    setTimeout(() => this.confirmation()?.nativeElement.focus());
  }

  protected submitAnyway(): void {
    this.isConfirming.set(false);
    void this.attempt.submit();
  }

  protected cancel(): void {
    this.isConfirming.set(false);
    setTimeout(() => this.submitButton()?.nativeElement.focus());
  }
}
