import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ProgressSummary } from '@core/api/models';

/** Completes a lesson: with a button, or by passing its quizzes. */
@Component({
  selector: 'lms-completion',
  imports: [RouterLink, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './completion.scss',
  templateUrl: './completion.html',
})
export class Completion {
  readonly lesson = input.required<string>();
  readonly summary = input.required<ProgressSummary>();
  readonly isPending = input(false);
  readonly marked = output<boolean>();

  protected readonly isDone = computed(() =>
    this.summary().completed_lessons.includes(this.lesson()),
  );
  protected readonly quizzes = computed(() =>
    this.summary().quizzes.filter(quiz => quiz.lesson === this.lesson()),
  );
}
