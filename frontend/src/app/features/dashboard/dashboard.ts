import { DatePipe, PercentPipe, formatDate } from '@angular/common';
import { ChangeDetectionStrategy, Component, LOCALE_ID, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Chart } from '@shared/chart';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Picture } from '@shared/picture';
import { Skeleton } from '@shared/skeleton';
import { DashboardApi } from './dashboard-api';

/** One's own learning: where to go on, how far one has come, and what one did in the last weeks. */
@Component({
  selector: 'lms-dashboard',
  imports: [RouterLink, DatePipe, PercentPipe, Chart, Empty, Failed, Picture, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './dashboard.scss',
  templateUrl: './dashboard.html',
})
export class Dashboard {
  private readonly locale = inject(LOCALE_ID);
  protected readonly dashboard = inject(DashboardApi).read();
  private readonly courses = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().student.courses : [],
  );
  protected readonly going = computed(() =>
    this.courses()
      .filter(course => course.next_lesson !== null)
      // What was begun comes before what was only enrolled in; within both the latest first.
      .sort((one, other) => Number(other.completed > 0) - Number(one.completed > 0)),
  );
  protected readonly finished = computed(() =>
    this.courses().filter(course => course.next_lesson === null && course.total > 0),
  );
  protected readonly latest = computed(() => this.going()[0]);
  protected readonly graded = computed(() => this.courses().filter(({ grade }) => grade !== null));
  private readonly activity = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().student.activity : [],
  );
  protected readonly isEmpty = computed(
    () => this.dashboard.hasValue() && this.courses().length === 0,
  );
  protected readonly weeks = computed(() =>
    this.activity().map(({ week }) => formatDate(week, 'd MMM', this.locale)),
  );
  protected readonly series = computed(() => [
    {
      label: $localize`Lessons completed`,
      values: this.activity().map(({ lessons }) => lessons),
    },
    {
      label: $localize`Quizzes handed in`,
      values: this.activity().map(({ submissions }) => submissions),
    },
  ]);
}
