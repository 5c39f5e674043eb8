import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { QueryParams } from '@core/navigation/query-params';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { CourseImage } from '@shared/course-image';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { CoursesApi, ListedCourse } from './courses-api';

/** The courses that one teaches; an admin's studio lists all. */
@Component({
  selector: 'lms-studio-course-list',
  imports: [RouterLink, EmptyState, LoadError, Pager, CourseImage, SearchBox, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-list.scss',
  template: `
    <div class="page">
      <h1 i18n>Studio</h1>
      <form class="new" (submit)="$event.preventDefault(); create(titleBox.value)">
        <label class="field">
          <span i18n>A new course</span>
          <input
            #titleBox
            required
            maxlength="255"
            autocomplete="off"
            placeholder="Its title"
            i18n-placeholder
          />
        </label>
        <button class="button" [disabled]="pendingAction.busy()" i18n>Create</button>
      </form>
      <div class="filters">
        <lms-search-box
          label="Search your courses"
          i18n-label
          [value]="search() ?? ''"
          (searched)="queryParams.set({ search: $event })"
        />
        <label class="field">
          <span i18n>State</span>
          <select #stateBox (change)="queryParams.set({ published: stateBox.value })">
            @for (one of states; track one.value) {
              <option [value]="one.value" [selected]="one.value === (published() ?? '')">
                {{ one.label }}
              </option>
            }
          </select>
        </label>
      </div>
      @if (courses.error(); as error) {
        <lms-load-error [error]="error" (retry)="courses.reload()" />
      } @else if (courses.isLoading()) {
        <lms-skeleton [count]="5" height="5.5rem" />
      } @else {
        <ul class="courses">
          @for (course of courses.value().results; track course.id) {
            <li class="card">
              <lms-course-image [url]="course.image_small" [title]="course.title" />
              <div>
                <h2>
                  <a [routerLink]="['courses', course.id]">{{ course.title }}</a>
                </h2>
                <p class="quiet">
                  @if (course.published) {
                    <span class="badge" i18n>Published</span>
                  } @else {
                    <span class="badge draft" i18n>Draft</span>
                  }
                  @if (teacherOf(course); as name) {
                    <span i18n>by {{ name }}</span>
                  }
                  <span i18n>
                    {course.lesson_count, plural,
                      =1 {1 lesson}
                      other {{{ course.lesson_count }} lessons}
                    }
                  </span>
                  <span i18n>
                    {course.enrollment_count, plural,
                      =1 {1 student}
                      other {{{ course.enrollment_count }} students}
                    }
                  </span>
                </p>
              </div>
            </li>
          }
        </ul>
        @if (courses.value().count === 0) {
          @if (search() || published()) {
            <lms-empty-state title="No course matches." i18n-title>
              <a class="button" routerLink="/studio" i18n>Show all courses</a>
            </lms-empty-state>
          } @else {
            <lms-empty-state title="You teach no course yet." i18n-title>
              <button class="button" type="button" (click)="titleBox.focus()" i18n>
                Write your first course
              </button>
            </lms-empty-state>
          }
        }
        <lms-pager [count]="courses.value().count" [page]="pageNumber()" />
      }
    </div>
  `,
})
export class CourseList {
  readonly search = input<string>();
  readonly published = input<string>();
  readonly page = input<string>();

  private readonly api = inject(CoursesApi);
  protected readonly queryParams = inject(QueryParams);
  private readonly router = inject(Router);
  protected readonly pendingAction = new PendingAction();
  protected readonly courses = this.api.mine(
    computed(() => ({ search: this.search(), published: this.published(), page: this.page() })),
  );
  protected readonly pageNumber = computed(() => Number(this.page()) || 1);
  protected readonly states = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Published` },
    { value: 'false', label: $localize`Draft` },
  ];

  protected teacherOf({ instructor }: ListedCourse): string {
    return typeof instructor === 'object' ? (instructor?.username ?? '') : '';
  }

  protected async create(title: string): Promise<void> {
    if (!title.trim()) return;
    await this.pendingAction.run(async () => {
      const course = await this.api.create(title.trim());
      await this.router.navigate(['/studio/courses', course.id]);
    });
  }
}
