import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';

import { Chart } from '@shared/chart';
import { Week } from './dashboard-api';

/** What one has done in each of the last weeks. */
@Component({
  selector: 'lms-activity',
  imports: [Chart],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 i18n>Activity</h2>
    @if (isIdle()) {
      <p class="quiet" i18n>
        In the last {{ weeks().length }} weeks no lesson was completed and no quiz was submitted.
      </p>
    } @else {
      <lms-chart [title]="title" [labelHeading]="of" [labels]="labels()" [series]="series()" />
    }
  `,
})
export class Activity {
  readonly weeks = input.required<readonly Week[]>();

  private readonly day = new Intl.DateTimeFormat(inject(LOCALE_ID), {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC', // a week begins on the same day everywhere
  });
  protected readonly title = $localize`Completed lessons and submitted quizzes per week`;
  protected readonly of = $localize`Week of`;
  protected readonly isIdle = computed(() =>
    this.weeks().every(week => week.lessons === 0 && week.submissions === 0),
  );
  protected readonly labels = computed(() =>
    this.weeks().map(({ week }) => this.day.format(new Date(week))),
  );
  protected readonly series = computed(() => [
    { label: $localize`Lessons`, values: this.weeks().map(week => week.lessons) },
    { label: $localize`Quizzes`, values: this.weeks().map(week => week.submissions) },
  ]);
}
