import { DatePipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { Attempts } from './attempts';
import { Ending } from './attempt';
import { isSoon, onDevice } from './countdown';
import { OpenAttempt, Quiz } from './quiz-api';
import { Refusal } from './refusal';
import { Rules } from './rules';

/** What one should know before an attempt, the way into it, and one's earlier attempts. */
@Component({
  selector: 'lms-quiz-instructions',
  imports: [DatePipe, PercentPipe, RouterLink, Attempts, Refusal, Rules],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './instructions.scss',
  template: `
    <p class="where">
      <a [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]">{{ quiz().lesson.title }}</a>
      &ngsp;
      <span class="quiet" i18n>in {{ quiz().course.title }}</span>
    </p>

    @if (ending(); as ended) {
      @if (ended.kind === 'ran-out') {
        <div class="notice wrong" role="alert">
          <p i18n>
            The time for attempt {{ ended.attempt }} was over before your answers reached the
            server, so it has no result. It counts as used.
          </p>
        </div>
      }
    }
    @if (isGone()) {
      <p class="notice" role="alert" i18n>
        That attempt is no longer open: it was submitted elsewhere, or its time is over.
      </p>
    }
    @if (refusal(); as error) {
      <lms-quiz-refusal [error]="error" [course]="quiz().course.id" />
    }

    <div class="layout">
      <section class="card" aria-labelledby="about">
        <h2 id="about" i18n>Before you start</h2>
        <lms-quiz-rules [quiz]="quiz()" />

        @if (!isLearner()) {
          <p class="notice" i18n>
            You are not enrolled in this course, so you cannot take its quiz. Enrol to take it as
            its students do.
          </p>
          <a class="button" [routerLink]="['/courses', quiz().course.id]" i18n>To the course</a>
        } @else if (quiz().my_open; as open) {
          <p>
            @if (endsAt(); as time) {
              <strong i18n>
                Attempt {{ open.attempt }} is open until
                {{ time | date: (isSoon(time) ? 'shortTime' : 'short') }}.
              </strong>
            } @else {
              <strong i18n>
                Attempt {{ open.attempt }} is open since {{ open.started_at | date: 'mediumDate' }},
                {{ open.started_at | date: 'shortTime' }}.
              </strong>
            }
          </p>
          <button
            class="button"
            type="button"
            [disabled]="starting()"
            (click)="goOn.emit(open)"
            i18n
          >
            Continue the attempt
          </button>
        } @else if (isNotReady()) {
          <p class="notice" i18n>
            This quiz is not ready yet: its questions are still being written. It holds no lesson
            back meanwhile.
          </p>
        } @else if (left() === 0) {
          <p class="notice" i18n>You have used all your attempts at this quiz.</p>
          <a class="button" [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]" i18n>
            Back to the lesson
          </a>
        } @else {
          <p class="actions">
            <button class="button" type="button" [disabled]="starting()" (click)="begin.emit()">
              @if (used() === 0) {
                <ng-container i18n>Start the quiz</ng-container>
              } @else {
                <ng-container i18n>Start another attempt</ng-container>
              }
            </button>
            @if (left(); as count) {
              <span class="quiet" i18n>
                {count, plural, =1 {1 attempt left} other {{{ count }} attempts left}}
              </span>
            }
          </p>
        }
      </section>

      @if (isLearner()) {
        <section aria-labelledby="attempts">
          <h2 id="attempts" i18n>Your attempts</h2>
          @if (quiz().my_grade !== null && quiz().my_grade !== undefined) {
            <p class="grade">
              <span i18n>Your grade: {{ quiz().my_grade! / 100 | percent: '1.0-2' }}</span>
              @if (quiz().my_passed) {
                <span class="badge" i18n>Passed</span>
              } @else {
                <span class="badge" i18n>Not passed yet</span>
              }
            </p>
          }
          <lms-quiz-attempts
            [quiz]="quiz().id"
            [user]="user()"
            [begun]="used()"
            [open]="quiz().my_open?.attempt ?? null"
          />
        </section>
      }
    </div>
  `,
})
export class Instructions {
  readonly quiz = input.required<Quiz>();
  readonly user = input.required<string>();
  readonly ending = input<Ending | null>(null);
  readonly starting = input(false);
  readonly refusal = input<ApiError | null>(null);
  readonly isGone = input(false);
  readonly begin = output();
  readonly goOn = output<OpenAttempt>();

  protected readonly isSoon = isSoon;
  protected readonly isLearner = computed(() => this.quiz().my_attempts !== undefined);
  protected readonly used = computed(() => this.quiz().my_attempts ?? 0);
  protected readonly left = computed(() => {
    const most = this.quiz().max_attempts;
    return most === null ? null : Math.max(0, most - this.used());
  });
  protected readonly isNotReady = computed(
    () => this.quiz().question_count === 0 || this.refusal()?.code === 'quiz_not_ready',
  );
  protected readonly endsAt = computed(() => {
    const deadline = this.quiz().my_open?.deadline;
    return deadline ? onDevice(deadline, this.quiz().now, this.quiz().readAt) : null;
  });
}
