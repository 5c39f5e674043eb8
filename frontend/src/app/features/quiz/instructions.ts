import { DatePipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { AttemptOutcome } from './attempt';
import { AttemptList } from './attempt-list';
import { isWithinHalfDay, toDeviceTime } from './countdown';
import { OpenAttempt, Quiz } from './quiz-api';
import { Rules } from './rules';
import { StartError } from './start-error';

/** The rules of a quiz, the button that starts an attempt, and the user's earlier attempts. */
@Component({
  selector: 'lms-quiz-instructions',
  imports: [DatePipe, PercentPipe, RouterLink, AttemptList, StartError, Rules],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './instructions.scss',
  template: `
    <p class="breadcrumb">
      <a [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]">{{ quiz().lesson.title }}</a>
      &ngsp;
      <span class="quiet" i18n>in {{ quiz().course.title }}</span>
    </p>

    @if (outcome(); as outcome) {
      @if (outcome.kind === 'timed-out') {
        <div class="notice wrong" role="alert">
          <p i18n>
            Time for attempt {{ outcome.attempt }} ran out before your answers reached the server,
            so the attempt has no result. It still counts as used.
          </p>
        </div>
      }
    }
    @if (isNoLongerOpen()) {
      <p class="notice" role="alert" i18n>
        This attempt is no longer open: it was submitted elsewhere, or its time is up.
      </p>
    }
    @if (startError(); as error) {
      <lms-quiz-start-error [error]="error" [course]="quiz().course.id" />
    }

    <div class="layout">
      <section class="card" aria-labelledby="about">
        <h2 id="about" i18n>Before you start</h2>
        <lms-quiz-rules [quiz]="quiz()" />

        @if (!isStudent()) {
          <p class="notice" i18n>
            You are not enrolled in this course, so you cannot take this quiz. Enroll to take it as
            a student.
          </p>
          <a class="button" [routerLink]="['/courses', quiz().course.id]" i18n>Go to course</a>
        } @else if (quiz().my_open; as open) {
          <p>
            @if (endsAt(); as time) {
              <strong i18n>
                Attempt {{ open.attempt }} is open until
                {{ time | date: (isWithinHalfDay(time) ? 'shortTime' : 'short') }}.
              </strong>
            } @else {
              <strong i18n>
                Attempt {{ open.attempt }} has been open since
                {{ open.started_at | date: 'mediumDate' }},
                {{ open.started_at | date: 'shortTime' }}.
              </strong>
            }
          </p>
          <button
            class="button"
            type="button"
            [disabled]="isStarting()"
            (click)="continueAttempt.emit(open)"
            i18n
          >
            Continue attempt
          </button>
        } @else if (isNotReady()) {
          <p class="notice" i18n>
            This quiz is not ready yet, because its questions are not finished. You can complete the
            lesson without it for now.
          </p>
        } @else if (attemptsLeft() === 0) {
          <p class="notice" i18n>You have used all your attempts.</p>
          <a class="button" [routerLink]="['/learn', quiz().course.id, quiz().lesson.id]" i18n>
            Back to lesson
          </a>
        } @else {
          <p class="actions">
            <button
              class="button"
              type="button"
              [disabled]="isStarting()"
              (click)="startAttempt.emit()"
            >
              @if (attemptsUsed() === 0) {
                <ng-container i18n>Start quiz</ng-container>
              } @else {
                <ng-container i18n>Start another attempt</ng-container>
              }
            </button>
            @if (attemptsLeft(); as count) {
              <span class="quiet" i18n>
                {count, plural, =1 {1 attempt left} other {{{ count }} attempts left}}
              </span>
            }
          </p>
        }
      </section>

      @if (isStudent()) {
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
          <lms-quiz-attempt-list
            [quiz]="quiz().id"
            [user]="user()"
            [startedCount]="attemptsUsed()"
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
  readonly outcome = input<AttemptOutcome | null>(null);
  readonly isStarting = input(false);
  readonly startError = input<ApiError | null>(null);
  readonly isNoLongerOpen = input(false);
  readonly startAttempt = output();
  readonly continueAttempt = output<OpenAttempt>();

  protected readonly isWithinHalfDay = isWithinHalfDay;
  protected readonly isStudent = computed(() => this.quiz().my_attempts !== undefined);
  protected readonly attemptsUsed = computed(() => this.quiz().my_attempts ?? 0);
  protected readonly attemptsLeft = computed(() => {
    const limit = this.quiz().max_attempts;
    return limit === null ? null : Math.max(0, limit - this.attemptsUsed());
  });
  protected readonly isNotReady = computed(
    () => this.quiz().question_count === 0 || this.startError()?.code === 'quiz_not_ready',
  );
  protected readonly endsAt = computed(() => {
    const deadline = this.quiz().my_open?.deadline;
    return deadline ? toDeviceTime(deadline, this.quiz().now, this.quiz().receivedAt) : null;
  });
}
