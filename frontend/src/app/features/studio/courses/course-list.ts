import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

@Component({
  selector: 'lms-studio-course-list',
  imports: [RouterLink, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>Studio</h1>
      @if (courses.error(); as error) {
        <lms-failed [error]="error" (retry)="courses.reload()" />
      } @else if (courses.isLoading()) {
        <lms-skeleton [count]="6" />
      } @else {
        <ul>
          @for (course of courses.value().results; track course.id) {
            <li>
              <a [routerLink]="['courses', course.id]">{{ course.title }}</a>
            </li>
          }
        </ul>
      }
    </div>
  `,
})
export class CourseList {
  protected readonly courses = inject(CoursesApi).mine();
}
