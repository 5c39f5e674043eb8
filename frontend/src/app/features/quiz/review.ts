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
import { inWordsOf } from './answers';
import { Sending } from './sending';

/** All questions with what is answered, and submitting; gaps are asked about. */
@Component({
  selector: 'lms-quiz-review',
  imports: [RouterLink, Sending],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './review.scss',
  template: `
    <section class="card">
      <h2 tabindex="-1" data-step i18n>Review your answers</h2>
      <p class="quiet">
        @if (attempt.unanswered() > 0) {
          <ng-container i18n>
            {attempt.unanswered(), plural,
              =1 {One question has no answer yet.}
              other {{{ attempt.unanswered() }} questions have no answer yet.}
            }
          </ng-container>
        } @else {
          <ng-container i18n>All questions are answered.</ng-container>
        }
      </p>
      <p class="quiet" i18n>Nothing is submitted before you press the button below.</p>
      <ol>
        @for (step of attempt.steps(); track step.question.id) {
          <li>
            <a routerLink="." replaceUrl [queryParams]="{ step: step.number }">
              <span class="visually-hidden" i18n>Question {{ step.number }}:</span>
              {{ step.question.text }}
            </a>
            <p class="given">
              @if (step.isAnswered) {
                <span class="visually-hidden" i18n>Your answer:</span>
                {{ inWordsOf(step.question, step.given) }}
              } @else {
                <span class="badge missing" i18n>Not answered</span>
              }
              @if (step.isMarked) {
                <span class="badge" i18n>Marked for review</span>
              }
            </p>
          </li>
        }
      </ol>
      <lms-quiz-sending />
      @if (isAsking()) {
        <div class="notice ask" role="group" aria-labelledby="gaps" (keydown.escape)="cancel()">
          <p #question id="gaps" tabindex="-1" i18n>
            {attempt.unanswered(), plural,
              =1 {One question has no answer and will count nothing.}
              other {{{ attempt.unanswered() }} questions have no answer and will count nothing.}
            }
            Submit all the same?
          </p>
          <p class="actions">
            <button class="button" type="button" (click)="submitAllTheSame()" i18n>
              Submit all the same
            </button>
            <button class="button outlined" type="button" (click)="cancel()" i18n>
              Do not submit yet
            </button>
          </p>
        </div>
      } @else {
        <p class="actions">
          @if (!attempt.failure()) {
            <button
              #button
              class="button"
              type="button"
              [disabled]="attempt.isSending()"
              (click)="submit()"
            >
              @if (attempt.isSending()) {
                <ng-container i18n>Submitting…</ng-container>
              } @else {
                <ng-container i18n>Submit my answers</ng-container>
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
            Back to the questions
          </a>
        </p>
      }
    </section>
  `,
})
export class Review {
  protected readonly attempt = inject(Attempt);
  protected readonly inWordsOf = inWordsOf;
  protected readonly isAsking = signal(false);
  private readonly question = viewChild<ElementRef<HTMLElement>>('question');
  private readonly button = viewChild<ElementRef<HTMLElement>>('button');

  protected submit(): void {
    if (this.attempt.unanswered() === 0) {
      void this.attempt.submit();
      return;
    }
    this.isAsking.set(true);
    setTimeout(() => this.question()?.nativeElement.focus());
  }

  protected submitAllTheSame(): void {
    this.isAsking.set(false);
    void this.attempt.submit();
  }

  protected cancel(): void {
    this.isAsking.set(false);
    setTimeout(() => this.button()?.nativeElement.focus());
  }
}
