import { DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';

import { formatDuration } from './countdown';
import { Quiz } from './quiz-api';

/** The size of a quiz, its limits, and how it is graded. */
@Component({
  selector: 'lms-quiz-rules',
  imports: [DecimalPipe, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './rules.scss',
  templateUrl: './rules.html',
})
export class Rules {
  readonly quiz = input.required<Quiz>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly timeLimit = computed(() => {
    const seconds = this.quiz().time_limit_seconds;
    return seconds === null ? null : formatDuration(seconds, this.locale);
  });
}
