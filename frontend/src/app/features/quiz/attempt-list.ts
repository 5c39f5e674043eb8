import { DatePipe, DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { ErrorReporter } from '@core/errors/error-reporter';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { AttemptSummary, QuizApi } from './quiz-api';

interface Row {
  readonly attempt: number;
  /** Null if time ran out before anything was submitted. */
  readonly submission: AttemptSummary | null;
}

/** The user's attempts at a quiz, newest first, with links to their results. */
@Component({
  selector: 'lms-quiz-attempt-list',
  imports: [DatePipe, DecimalPipe, PercentPipe, RouterLink, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  templateUrl: './attempt-list.html',
  styleUrl: './attempt-list.scss',
})
export class AttemptList {
  readonly quiz = input.required<string>();
  readonly user = input.required<string>();
  /** The number of started attempts, including those that timed out. */
  readonly startedCount = input.required<number>();
  /** The number of the open attempt, which is not listed. */
  readonly open = input<number | null>(null);

  private readonly api = inject(QuizApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly firstPage = resource({
    params: () => ({ quiz: this.quiz(), user: this.user(), startedCount: this.startedCount() }),
    loader: ({ params }) => this.api.submissions(params.quiz, params.user, null),
  });
  private readonly loaded = linkedSignal(() =>
    this.firstPage.hasValue() ? this.firstPage.value() : null,
  );
  protected readonly hasMore = computed(() => !!this.loaded()?.next);
  protected readonly isLoadingMore = signal(false);

  /** A row for each attempt, down to the oldest that is loaded. */
  protected readonly rows = computed<readonly Row[]>(() => {
    const submissions = this.loaded()?.results ?? [];
    const newest = Math.max(this.startedCount(), ...submissions.map(({ attempt }) => attempt));
    const oldest = this.hasMore() ? Math.min(...submissions.map(({ attempt }) => attempt)) : 1;
    const numbers = Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);
    return numbers
      .filter(attempt => attempt !== this.open())
      .map(attempt => ({
        attempt,
        submission: submissions.find(submission => submission.attempt === attempt) ?? null,
      }));
  });

  protected async loadMore(): Promise<void> {
    const loaded = this.loaded();
    if (!loaded) return;
    this.isLoadingMore.set(true);
    try {
      const page = await this.api.submissions(this.quiz(), this.user(), loaded.next);
      this.loaded.set({ ...page, results: [...loaded.results, ...page.results] });
    } catch (error) {
      await this.errorReporter.report(error);
    } finally {
      this.isLoadingMore.set(false);
    }
  }
}
