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
  /** Null where the time was over before anything was submitted. */
  readonly submission: AttemptSummary | null;
}

/** One's attempts at a quiz, the newest first, each leading to its result. */
@Component({
  selector: 'lms-quiz-attempts',
  imports: [DatePipe, DecimalPipe, PercentPipe, RouterLink, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (first.error(); as error) {
      <lms-load-error
        title="Your attempts could not be loaded."
        i18n-title
        [error]="error"
        (retry)="first.reload()"
      />
    } @else if (first.isLoading()) {
      <lms-skeleton [count]="begun() > 0 ? 2 : 1" [height]="begun() > 0 ? '4rem' : '1.6rem'" />
    } @else {
      <ol>
        @for (row of rows(); track row.attempt) {
          <li>
            @if (row.submission; as one) {
              <span class="first">
                <a routerLink="." [queryParams]="{ submission: one.id }" i18n>
                  Attempt {{ row.attempt }}
                </a>
                @if (one.passed) {
                  <span class="badge" i18n>Passed</span>
                } @else {
                  <span class="badge failed" i18n>Not passed</span>
                }
              </span>
              <span>
                {{ one.percentage / 100 | percent: '1.0-2' }}
                <span class="quiet" i18n>
                  ({{ one.score | number: '1.0-2' }} of {{ one.max_score | number: '1.0-2' }}
                  points)
                </span>
              </span>
              <span class="quiet">
                {{ one.submitted_at | date: 'mediumDate' }},
                {{ one.submitted_at | date: 'shortTime' }}
              </span>
            } @else {
              <span class="first" i18n>Attempt {{ row.attempt }}</span>
              <span class="quiet" i18n>The time ran out; nothing was submitted.</span>
            }
          </li>
        } @empty {
          <li class="none quiet" i18n>None yet: what you submit is listed here.</li>
        }
      </ol>
      @if (next()) {
        <button class="button outlined" type="button" [disabled]="isBusy()" (click)="more()" i18n>
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
export class Attempts {
  readonly quiz = input.required<string>();
  readonly user = input.required<string>();
  /** How many were begun, those that ran out among them. */
  readonly begun = input.required<number>();
  readonly open = input<number | null>(null);

  private readonly api = inject(QuizApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly first = resource({
    params: () => ({ quiz: this.quiz(), user: this.user(), begun: this.begun() }),
    loader: ({ params }) => this.api.submissions(params.quiz, params.user, null),
  });
  private readonly loaded = linkedSignal(() => (this.first.hasValue() ? this.first.value() : null));
  protected readonly next = computed(() => this.loaded()?.next ?? null);
  protected readonly isBusy = signal(false);

  /** All numbers of the attempts, down to the oldest one that is loaded. */
  protected readonly rows = computed<readonly Row[]>(() => {
    const submissions = this.loaded()?.results ?? [];
    const newest = Math.max(this.begun(), ...submissions.map(one => one.attempt));
    const oldest = this.next() ? Math.min(...submissions.map(one => one.attempt)) : 1;
    const numbers = Array.from({ length: newest - oldest + 1 }, (_, index) => newest - index);
    return numbers
      .filter(attempt => attempt !== this.open())
      .map(attempt => ({
        attempt,
        submission: submissions.find(one => one.attempt === attempt) ?? null,
      }));
  });

  protected async more(): Promise<void> {
    const before = this.loaded();
    if (!before) return;
    this.isBusy.set(true);
    try {
      const page = await this.api.submissions(this.quiz(), this.user(), before.next);
      this.loaded.set({ ...page, results: [...before.results, ...page.results] });
    } catch (error) {
      await this.errorReporter.report(error);
    } finally {
      this.isBusy.set(false);
    }
  }
}
