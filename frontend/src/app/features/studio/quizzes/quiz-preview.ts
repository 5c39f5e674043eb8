import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { EmptyState } from '@shared/empty-state';
import { Quiz } from './quizzes-api';

/** Shows a quiz as students see it, without the answer key; nothing is submitted. */
@Component({
  selector: 'lms-quiz-preview',
  imports: [DecimalPipe, PercentPipe, RouterLink, EmptyState],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-preview.scss',
  templateUrl: './quiz-preview.html',
})
export class QuizPreview {
  readonly quiz = input.required<Quiz>();
}
