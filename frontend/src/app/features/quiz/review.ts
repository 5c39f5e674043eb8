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
  templateUrl: './review.html',
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
