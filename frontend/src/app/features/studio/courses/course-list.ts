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
import { CoursesApi, CourseListItem } from './courses-api';

/** The courses that the current user teaches, or all courses for an admin. */
@Component({
  selector: 'lms-studio-course-list',
  imports: [RouterLink, EmptyState, LoadError, Pager, CourseImage, SearchBox, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-list.scss',
  template: `
    <div class="page">
      <h1 i18n>Studio</h1>
      <form class="new" (submit)="$event.preventDefault(); create(titleInput.value)">
        <label class="field">
          <span i18n>New course</span>
          <input
            #titleInput
            required
            maxlength="255"
            autocomplete="off"
            placeholder="Title"
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
          <span i18n>Status</span>
          <select #statusSelect (change)="queryParams.set({ published: statusSelect.value })">
            @for (status of statuses; track status.value) {
              <option [value]="status.value" [selected]="status.value === (published() ?? '')">
                {{ status.label }}
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
                  @if (instructorName(course); as name) {
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
            <lms-empty-state title="No courses found." i18n-title>
              <a class="button" routerLink="/studio" i18n>Show all courses</a>
            </lms-empty-state>
          } @else {
            <lms-empty-state title="You are not teaching any courses yet." i18n-title>
              <button class="button" type="button" (click)="titleInput.focus()" i18n>
                Create your first course
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
  protected readonly courses = this.api.list(
    computed(() => ({ search: this.search(), published: this.published(), page: this.page() })),
  );
  protected readonly pageNumber = computed(() => Number(this.page()) || 1);
  protected readonly statuses = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Published` },
    { value: 'false', label: $localize`Draft` },
  ];

  protected instructorName({ instructor }: CourseListItem): string {
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
