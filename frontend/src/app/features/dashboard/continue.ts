import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { CourseImage } from '@shared/course-image';
import { EnrolledCourse } from './dashboard-api';
import { ProgressBar } from './progress-bar';

/** The course to continue, with a button for its next lesson. */
@Component({
  selector: 'lms-continue',
  imports: [RouterLink, CourseImage, ProgressBar],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './continue.scss',
  template: `
    <section class="card" aria-labelledby="continue">
      <lms-course-image [url]="course().image" [title]="course().title" [isFirst]="true" />
      <div class="text">
        <h2 id="continue" class="quiet" i18n>Continue learning</h2>
        <p class="title">
          <a [routerLink]="['/courses', course().course]">{{ course().title }}</a>
        </p>
        <lms-progress-bar [course]="course()" />
        @if (course().next_lesson; as lesson) {
          <p class="next">
            <a class="button" [routerLink]="['/learn', course().course, lesson.id]">
              @if (course().completed > 0) {
                <ng-container i18n>Continue</ng-container>
              } @else {
                <ng-container i18n>Start</ng-container>
              }
              <span class="visually-hidden">&ngsp;“{{ lesson.title }}”</span>
            </a>
            <span aria-hidden="true">{{ lesson.title }}</span>
          </p>
        }
      </div>
    </section>
  `,
})
export class Continue {
  readonly course = input.required<EnrolledCourse>();
}
