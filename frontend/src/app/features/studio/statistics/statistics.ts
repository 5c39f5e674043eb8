import { DecimalPipe, PercentPipe, formatDate } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { QueryParams } from '@core/navigation/query-params';
import { Chart } from '@shared/chart';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { StatisticsApi } from './statistics-api';

const LABEL_CHARACTERS = 24;

/** How a course does, and what the answers to a quiz say of its questions. */
@Component({
  selector: 'lms-statistics',
  imports: [DecimalPipe, PercentPipe, RouterLink, Chart, EmptyState, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './statistics.scss',
  templateUrl: './statistics.html',
})
export class Statistics {
  readonly id = input.required<string>();
  readonly quiz = input<string>();
  readonly attempts = input<string>();

  private readonly api = inject(StatisticsApi);
  protected readonly queryParams = inject(QueryParams);
  private readonly locale = inject(LOCALE_ID);
  protected readonly dashboard = this.api.course(this.id);
  protected readonly quizzes = this.api.quizzes(this.id);
  /** The one of the address, or the course's first. */
  protected readonly chosen = computed(
    () =>
      this.quiz() ?? (this.quizzes.hasValue() ? this.quizzes.value().results[0]?.id : undefined),
  );
  protected readonly figures = this.api.quiz(this.chosen, this.attempts);

  private readonly part = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().instructor : undefined,
  );
  protected readonly course = computed(() =>
    this.part()?.courses.find(({ course }) => course === this.id()),
  );
  protected readonly weeks = computed(() =>
    (this.part()?.enrollments ?? []).map(({ week }) => formatDate(week, 'd MMM', this.locale)),
  );
  protected readonly enrolled = computed(() => [
    {
      label: $localize`Enrolments`,
      values: (this.part()?.enrollments ?? []).map(({ count }) => count),
    },
  ]);
  protected readonly questions = computed(() =>
    this.figures.hasValue() ? this.figures.value().questions : [],
  );
  protected readonly labels = computed(() =>
    this.questions().map(({ text }, index) => `${index + 1}. ${shortened(text)}`),
  );
  protected readonly measures = computed(() => [
    { label: $localize`Facility`, values: this.questions().map(({ facility }) => facility) },
    {
      label: $localize`Discrimination`,
      values: this.questions().map(({ discrimination }) => discrimination),
    },
  ]);

  protected nameOf(kind: string, choice: string): string {
    if (kind !== 'true_false') return choice;
    return choice === 'true' ? $localize`:an answer:True` : $localize`:an answer:False`;
  }
}

function shortened(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > LABEL_CHARACTERS ? `${line.slice(0, LABEL_CHARACTERS)}…` : line;
}
