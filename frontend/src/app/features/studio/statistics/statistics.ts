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
import { CourseContentApi } from '../course-content-api';
import { StatisticsApi } from './statistics-api';

const MAX_LABEL_LENGTH = 24;

/** The statistics of a course, and the item analysis of one of its quizzes. */
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
  protected readonly quizzes = inject(CourseContentApi).quizzes(this.id);
  /** The quiz of the URL, or else the first quiz of the course. */
  protected readonly selectedQuiz = computed(
    () =>
      this.quiz() ?? (this.quizzes.hasValue() ? this.quizzes.value().results[0]?.id : undefined),
  );
  protected readonly statistics = this.api.quiz(this.selectedQuiz, this.attempts);

  private readonly instructorDashboard = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().instructor : undefined,
  );
  protected readonly course = computed(() =>
    this.instructorDashboard()?.courses.find(({ course }) => course === this.id()),
  );
  protected readonly weeks = computed(() =>
    (this.instructorDashboard()?.enrollments ?? []).map(({ week }) =>
      formatDate(week, 'd MMM', this.locale),
    ),
  );
  protected readonly enrollmentSeries = computed(() => [
    {
      label: $localize`Enrollments`,
      values: (this.instructorDashboard()?.enrollments ?? []).map(({ count }) => count),
    },
  ]);
  protected readonly questions = computed(() =>
    this.statistics.hasValue() ? this.statistics.value().questions : [],
  );
  protected readonly questionLabels = computed(() =>
    this.questions().map(({ text }, index) => `${index + 1}. ${truncate(text)}`),
  );
  protected readonly indexSeries = computed(() => [
    { label: $localize`Facility index`, values: this.questions().map(({ facility }) => facility) },
    {
      label: $localize`Discrimination index`,
      values: this.questions().map(({ discrimination }) => discrimination),
    },
  ]);

  protected choiceText(kind: string, choice: string): string {
    if (kind !== 'true_false') return choice;
    return choice === 'true' ? $localize`:an answer:True` : $localize`:an answer:False`;
  }
}

function truncate(text: string): string {
  const line = text.split('\n', 1)[0] ?? '';
  return line.length > MAX_LABEL_LENGTH ? `${line.slice(0, MAX_LABEL_LENGTH)}…` : line;
}
