import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ProgressSummary } from '@core/api/models';
import { Course } from './learn-models';

/** What one has done, and what may come next, when all lessons of a course are completed. */
@Component({
  selector: 'lms-finished',
  imports: [RouterLink, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './finished.scss',
  template: `
    <section aria-labelledby="finished">
      <h2 id="finished" i18n>You have finished “{{ course().title }}”</h2>
      <p>
        <span i18n>
          {summary().total, plural,
            =1 {Its one lesson is completed.}
            other {All {{ summary().total }} lessons are completed.}
          }
        </span>
        @if (summary().grade !== null) {
          <span i18n>
            Your grade in its quizzes is {{ (summary().grade ?? 0) / 100 | percent: '1.0-1' }}.
          </span>
        }
        <span i18n>Well done! The lessons stay open to you.</span>
      </p>
      <p class="actions">
        <a class="button" routerLink="/courses" i18n>Find the next course</a>
        <a class="button outlined" routerLink="/dashboard" i18n>My learning</a>
      </p>
    </section>
  `,
})
export class Finished {
  readonly course = input.required<Course>();
  readonly summary = input.required<ProgressSummary>();
}
