import { DecimalPipe, formatDate } from '@angular/common';
import { ChangeDetectionStrategy, Component, LOCALE_ID, computed, inject } from '@angular/core';

import { Chart } from '@shared/chart';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { ManageApi } from './manage-api';

/** The totals of the whole site; they may be a minute old. */
@Component({
  selector: 'lms-figures',
  imports: [DecimalPipe, Chart, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './figures.scss',
  template: `
    <h1 i18n>Figures</h1>
    @if (dashboard.error(); as error) {
      <lms-failed [error]="error" (retry)="dashboard.reload()" />
    } @else if (totals().length > 0) {
      <dl>
        @for (one of totals(); track one.label) {
          <div>
            <dt>{{ one.label }}</dt>
            <dd>{{ one.value | number }}</dd>
          </div>
        }
      </dl>
      <section class="card">
        <lms-chart
          title="Enrolments in the last twelve weeks"
          i18n-title
          of="Week of"
          i18n-of
          [labels]="weeks()"
          [series]="enrolled()"
        />
      </section>
    } @else {
      <lms-skeleton [count]="2" height="6rem" />
      <lms-skeleton height="20rem" />
    }
  `,
})
export class Figures {
  private readonly locale = inject(LOCALE_ID);
  protected readonly dashboard = inject(ManageApi).dashboard();
  private readonly known = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value() : undefined,
  );
  protected readonly totals = computed(() => {
    const all = this.known()?.admin;
    if (!all) return [];
    return [
      { label: $localize`Users`, value: all.users },
      { label: $localize`Instructors`, value: all.instructors },
      { label: $localize`Courses`, value: all.courses },
      { label: $localize`Published courses`, value: all.published },
      { label: $localize`Enrolments`, value: all.enrollments },
      { label: $localize`Completed courses`, value: all.completions },
      { label: $localize`Mails that wait`, value: all.mails_waiting },
    ];
  });
  protected readonly weeks = computed(() =>
    (this.known()?.instructor?.enrollments ?? []).map(({ week }) =>
      formatDate(week, 'd MMM', this.locale),
    ),
  );
  protected readonly enrolled = computed(() => [
    {
      label: $localize`Enrolments`,
      values: (this.known()?.instructor?.enrollments ?? []).map(({ count }) => count),
    },
  ]);
}
