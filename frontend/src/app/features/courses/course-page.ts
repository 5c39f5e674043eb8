import { ChangeDetectionStrategy, Component, effect, inject, input } from '@angular/core';

import { PageTitle } from '@core/navigation/titles';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

@Component({
  selector: 'lms-course-page',
  imports: [Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      @if (course.error(); as error) {
        <h1 i18n>Course</h1>
        <lms-failed [error]="error" (retry)="course.reload()" />
      } @else if (course.hasValue()) {
        <h1>{{ course.value().title }}</h1>
        <p class="lead">{{ course.value().description }}</p>
      } @else {
        <h1 i18n>Course</h1>
        <lms-skeleton [count]="4" />
      }
    </div>
  `,
})
export class CoursePage {
  readonly id = input.required<string>();

  private readonly title = inject(PageTitle);
  protected readonly course = inject(CoursesApi).one(this.id);

  constructor() {
    effect(() => this.title.set(this.course.hasValue() ? this.course.value().title : undefined));
  }
}
