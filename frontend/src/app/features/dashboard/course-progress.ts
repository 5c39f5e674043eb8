import { DatePipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { CourseImage } from '@shared/course-image';
import { EnrolledCourse } from './dashboard-api';

/** An enrolled course and its progress. */
@Component({
  selector: 'lms-course-progress',
  imports: [RouterLink, DatePipe, PercentPipe, CourseImage],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-progress.scss',
  template: `
    <lms-course-image [url]="course().image" [title]="course().title" />
    <div class="text">
      <h3>
        <a [routerLink]="['/learn', course().course]">{{ course().title }}</a>
      </h3>
      @if (!course().published) {
        <p><span class="badge" i18n>No longer published, but still available to you</span></p>
      }
      <div class="progress">
        <progress max="100" [value]="course().percentage" [attr.aria-label]="label()"></progress>
        <p class="quiet facts">
          <span i18n>{{ course().completed }} of {{ course().total }} lessons</span>
          <span>{{ course().percentage / 100 | percent }}</span>
          @if (course().grade !== null) {
            <span i18n>Grade: {{ (course().grade ?? 0) / 100 | percent: '1.0-1' }}</span>
          }
        </p>
      </div>
      @if (course().next_lesson; as lesson) {
        <p i18n>
          Next: <a [routerLink]="['/learn', course().course, lesson.id]">{{ lesson.title }}</a>
        </p>
      } @else if (course().completed_at; as time) {
        <p class="quiet" i18n>Completed on {{ time | date: 'mediumDate' }}</p>
      }
    </div>
  `,
})
export class CourseProgress {
  readonly course = input.required<EnrolledCourse>();

  protected readonly label = computed(() => $localize`Progress in “${this.course().title}:title:”`);
}
