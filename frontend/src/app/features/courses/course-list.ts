import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

@Component({
  selector: 'lms-course-list',
  imports: [RouterLink, Empty, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>Courses</h1>
      <p>
        <label for="search" i18n>Search courses</label><br />
        <input
          #box
          id="search"
          type="search"
          data-keeps-focus
          [value]="wanted()"
          (change)="find(box.value)"
        />
      </p>
      @if (courses.error(); as error) {
        <lms-failed [error]="error" (retry)="courses.reload()" />
      } @else if (courses.isLoading()) {
        <lms-skeleton [count]="6" />
      } @else {
        <ul>
          @for (course of courses.value().results; track course.id) {
            <li>
              <a [routerLink]="['/courses', course.id]">{{ course.title }}</a>
            </li>
          }
        </ul>
        @if (courses.value().count === 0) {
          <lms-empty title="No course matches." i18n-title>
            <a class="button" routerLink="/courses" i18n>Show all courses</a>
          </lms-empty>
        }
      }
    </div>
  `,
})
export class CourseList {
  readonly search = input<string>();

  private readonly router = inject(Router);
  protected readonly wanted = computed(() => this.search() ?? '');
  protected readonly courses = inject(CoursesApi).list(this.wanted);

  protected find(search: string): void {
    void this.router.navigate([], { queryParams: { search: search || null } });
  }
}
