import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { EnrolledCourse } from './dashboard-api';

/** How much of a course is completed, and its grade. */
@Component({
  selector: 'lms-progress-bar',
  imports: [PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: block;
    }

    p {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem 1rem;
      margin: 0;
      font-size: 0.875rem;
    }
  `,
  template: `
    <progress max="100" [value]="course().percentage" [attr.aria-label]="label()"></progress>
    <p class="quiet">
      <span i18n>{{ course().completed }} of {{ course().total }} lessons</span>
      <span>{{ course().percentage / 100 | percent }}</span>
      @if (course().grade !== null) {
        <span i18n>Grade: {{ (course().grade ?? 0) / 100 | percent: '1.0-1' }}</span>
      }
    </p>
  `,
})
export class ProgressBar {
  readonly course = input.required<EnrolledCourse>();

  protected readonly label = computed(() => $localize`Progress in “${this.course().title}:title:”`);
}
