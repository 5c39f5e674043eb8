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

/** The student's activity in the last weeks. */
@Component({
  selector: 'lms-activity',
  imports: [Chart],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 i18n>Activity</h2>
    @if (isIdle()) {
      <p class="quiet" i18n>
        You have not completed a lesson or submitted a quiz in the last {{ weeks().length }} weeks.
      </p>
    } @else {
      <lms-chart
        [title]="title"
        [labelHeading]="labelHeading"
        [labels]="labels()"
        [series]="series()"
      />
    }
  `,
})
export class Activity {
  readonly weeks = input.required<readonly Week[]>();

  private readonly day = new Intl.DateTimeFormat(inject(LOCALE_ID), {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC', // Weeks are in UTC.
  });
  protected readonly title = $localize`Lessons completed and quizzes submitted per week`;
  protected readonly labelHeading = $localize`Week of`;
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
