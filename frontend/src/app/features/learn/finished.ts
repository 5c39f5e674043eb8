import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ProgressSummary } from '@core/api/models';
import { Course } from './learn-models';

/** Shown when all lessons of a course are completed. */
@Component({
  selector: 'lms-finished',
  imports: [RouterLink, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './finished.scss',
  template: `
    <section aria-labelledby="finished">
      <h2 id="finished" i18n>You completed “{{ course().title }}”</h2>
      <p>
        <span i18n>
          {summary().total, plural,
            =1 {You completed the only lesson.}
            other {You completed all {{ summary().total }} lessons.}
          }
        </span>
        @if (summary().grade !== null) {
          <span i18n>
            Your quiz grade is {{ (summary().grade ?? 0) / 100 | percent: '1.0-1' }}.
          </span>
        }
        <span i18n>You can still read the lessons.</span>
      </p>
      <p class="actions">
        <a class="button" routerLink="/courses" i18n>Find another course</a>
        <a class="button outlined" routerLink="/dashboard" i18n>My learning</a>
      </p>
    </section>
  `,
})
export class Finished {
  readonly course = input.required<Course>();
  readonly summary = input.required<ProgressSummary>();
}
