import { DatePipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { CourseImage } from '@shared/course-image';
import { EnrolledCourse } from './dashboard-api';
import { ProgressBar } from './progress-bar';

/** An enrolled course and its progress. */
@Component({
  selector: 'lms-course-progress',
  imports: [RouterLink, DatePipe, CourseImage, ProgressBar],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrls: ['../../shared/media-card.scss', './course-progress.scss'],
  template: `
    <lms-course-image [url]="course().image" [title]="course().title" />
    <div class="text">
      <h3>
        <a [routerLink]="['/learn', course().course]">{{ course().title }}</a>
      </h3>
      @if (!course().published) {
        <p><span class="badge" i18n>No longer published, but still available to you</span></p>
      }
      <lms-progress-bar [course]="course()" />
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
}
