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
  template: `
    @if (firstPage.error(); as error) {
      <lms-load-error
        title="Your attempts could not be loaded."
        i18n-title
        [error]="error"
        (retry)="firstPage.reload()"
      />
    } @else if (firstPage.isLoading()) {
      <lms-skeleton
        [count]="startedCount() > 0 ? 2 : 1"
        [height]="startedCount() > 0 ? '4rem' : '1.6rem'"
      />
    } @else {
      <ol>
        @for (row of rows(); track row.attempt) {
          <li>
            @if (row.submission; as submission) {
              <span class="first">
                <a routerLink="." [queryParams]="{ submission: submission.id }" i18n>
                  Attempt {{ row.attempt }}
                </a>
                @if (submission.passed) {
                  <span class="badge" i18n>Passed</span>
                } @else {
                  <span class="badge failed" i18n>Not passed</span>
                }
              </span>
              <span>
                {{ submission.percentage / 100 | percent: '1.0-2' }}
                <span class="quiet" i18n>
                  ({{ submission.score | number: '1.0-2' }} of
                  {{ submission.max_score | number: '1.0-2' }}
                  points)
                </span>
              </span>
              <span class="quiet">
                {{ submission.submitted_at | date: 'mediumDate' }},
                {{ submission.submitted_at | date: 'shortTime' }}
              </span>
            } @else {
              <span class="first" i18n>Attempt {{ row.attempt }}</span>
              <span class="quiet" i18n>Time ran out before anything was submitted.</span>
            }
          </li>
        } @empty {
          <li class="none quiet" i18n>No attempts yet.</li>
        }
      </ol>
      @if (hasMore()) {
        <button
          class="button outlined"
          type="button"
          [disabled]="isLoadingMore()"
          (click)="loadMore()"
          i18n
        >
          Show earlier attempts
        </button>
      }
    }
  `,
  styles: `
    ol {
      margin: 0 0 1rem;
      padding: 0;
      list-style: none;
    }

    li {
      display: grid;
      padding-block: 0.75rem;
      border-block-start: 1px solid var(--mat-sys-outline-variant);
    }

    .first {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 0.25rem 0.75rem;
      font-weight: 600;
    }

    a {
      padding-block: 0.25rem;
    }

    .failed {
      background: var(--mat-sys-surface-container-highest);
      color: var(--mat-sys-on-surface);
    }

    .none {
      padding: 0;
      border: 0;
    }
  `,
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
