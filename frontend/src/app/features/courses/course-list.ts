import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Query } from '@core/navigation/query';
import { CourseCard } from '@shared/course-card';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Pager } from '@shared/pager';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

/** The public catalogue. What is searched for lies in the address, under the API's own names. */
@Component({
  selector: 'lms-course-list',
  imports: [RouterLink, CourseCard, Empty, Failed, Pager, SearchBox, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-list.scss',
  template: `
    <div class="page">
      <h1 i18n>Courses</h1>
      <div class="filters">
        <lms-search-box
          label="Search courses"
          i18n-label
          [value]="search() ?? ''"
          (searched)="query.set({ search: $event })"
        />
        <label class="field">
          <span i18n>Category</span>
          <select #categoryBox (change)="query.set({ category: categoryBox.value })">
            <option value="" i18n>All</option>
            @if (categories.hasValue()) {
              @for (one of categories.value().results; track one.id) {
                <option [value]="one.id" [selected]="one.id === category()">
                  {{ one.name }} ({{ one.course_count }})
                </option>
              }
            }
          </select>
        </label>
        <label class="field">
          <span i18n>Price</span>
          <select #priceBox (change)="query.set({ free: priceBox.value })">
            @for (one of prices; track one.value) {
              <option [value]="one.value" [selected]="one.value === (free() ?? '')">
                {{ one.label }}
              </option>
            }
          </select>
        </label>
        <label class="field">
          <span i18n>Order</span>
          <select #orderBox (change)="query.set({ ordering: orderBox.value })">
            @for (one of orders; track one.value) {
              <option [value]="one.value" [selected]="one.value === (ordering() ?? '')">
                {{ one.label }}
              </option>
            }
          </select>
        </label>
      </div>
      <p class="count quiet" role="status">
        @if (!courses.isLoading() && !courses.error()) {
          <ng-container i18n>
            {courses.value().count, plural,
              =0 {No course}
              =1 {1 course}
              other {{{ courses.value().count }} courses}
            }
          </ng-container>
        }
      </p>
      @if (courses.error(); as error) {
        <lms-failed [error]="error" (retry)="courses.reload()" />
        <p><a routerLink="/courses" i18n>Show all courses</a></p>
      } @else if (courses.isLoading()) {
        <lms-skeleton class="cards" [count]="6" height="19rem" />
      } @else {
        <ul class="cards">
          @for (course of courses.value().results; track course.id) {
            <li><lms-course-card [course]="course" [isFirst]="$index < 4" /></li>
          }
        </ul>
        @if (courses.value().count === 0) {
          <lms-empty title="No course matches." i18n-title>
            <a class="button" routerLink="/courses" i18n>Show all courses</a>
          </lms-empty>
        }
        <lms-pager [count]="courses.value().count" [page]="pageNumber()" />
      }
    </div>
  `,
})
export class CourseList {
  readonly search = input<string>();
  readonly category = input<string>();
  readonly free = input<string>();
  readonly ordering = input<string>();
  readonly page = input<string>();

  private readonly api = inject(CoursesApi);
  protected readonly query = inject(Query);
  protected readonly categories = this.api.categories();
  protected readonly courses = this.api.list(
    computed(() => ({
      search: this.search(),
      category: this.category(),
      free: this.free(),
      ordering: this.ordering(),
      page: this.page(),
    })),
  );
  protected readonly pageNumber = computed(() => Number(this.page()) || 1);
  protected readonly prices = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Free` },
    { value: 'false', label: $localize`Not free` },
  ];
  protected readonly orders = [
    { value: '', label: $localize`Newest first` },
    { value: '-enrollment_count', label: $localize`Most students first` },
    { value: 'title', label: $localize`By title` },
    { value: 'price', label: $localize`By price` },
  ];
}
