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
  templateUrl: './instructions.html',
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
