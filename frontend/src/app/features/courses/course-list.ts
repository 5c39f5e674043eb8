import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { skip } from 'rxjs';

import { Course, Page } from '@core/api/models';
import { focusHeading } from '@core/navigation/heading-focus';
import { QueryParams } from '@core/navigation/query-params';
import { CourseCard } from '@shared/course-card';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

/** The public catalogue. What is searched for lies in the address, under the API's own names. */
@Component({
  selector: 'lms-course-list',
  imports: [RouterLink, CourseCard, EmptyState, LoadError, Pager, SearchBox, Skeleton],
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
          (searched)="queryParams.set({ search: $event })"
        />
        <label class="field">
          <span i18n>Category</span>
          <select #categoryBox (change)="queryParams.set({ category: categoryBox.value })">
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
          <select #priceBox (change)="queryParams.set({ free: priceBox.value })">
            @for (one of prices; track one.value) {
              <option [value]="one.value" [selected]="one.value === (free() ?? '')">
                {{ one.label }}
              </option>
            }
          </select>
        </label>
        <label class="field order">
          <span i18n>Order</span>
          <select #orderBox (change)="queryParams.set({ ordering: orderBox.value })">
            @for (one of orders; track one.value) {
              <option [value]="one.value" [selected]="one.value === (ordering() ?? '')">
                {{ one.label }}
              </option>
            }
          </select>
        </label>
      </div>
      <div class="found">
        <p class="quiet" role="status">
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
        @if (isNarrowed() && shown()?.count) {
          <a routerLink="/courses" i18n>Show all courses</a>
        }
      </div>
      @if (courses.error(); as error) {
        <lms-load-error [error]="error" (retry)="courses.reload()" />
        <p><a routerLink="/courses" i18n>Show all courses</a></p>
      } @else if (shown(); as found) {
        <ul class="cards" [class.former]="courses.isLoading()">
          @for (course of found.results; track course.id) {
            <li><lms-course-card [course]="course" [isFirst]="$index < 4" /></li>
          }
        </ul>
        @if (found.count === 0) {
          <lms-empty-state title="No course matches." i18n-title>
            <a class="button" routerLink="/courses" i18n>Show all courses</a>
          </lms-empty-state>
        }
        <lms-pager [count]="found.count" [page]="pageNumber()" />
      } @else {
        <lms-skeleton class="cards" [count]="8" height="var(--card-height)" />
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
  protected readonly queryParams = inject(QueryParams);
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
  /** What was found, and while more is looked for, what was found before. */
  protected readonly shown = linkedSignal<Page<Course> | null, Page<Course> | null>({
    source: () =>
      this.courses.isLoading() || !this.courses.hasValue() ? null : this.courses.value(),
    computation: (found, former) => found ?? former?.value ?? null,
  });
  protected readonly isNarrowed = computed(
    () => !!(this.search() || this.category() || this.free()),
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

  constructor() {
    const document = inject(DOCUMENT);
    const turned = toObservable(this.page).pipe(skip(1), takeUntilDestroyed());
    turned.subscribe(() => {
      // The link that was pressed is at the end of what is read from its beginning now.
      if (document.activeElement?.closest('lms-pager')) focusHeading(document);
    });
  }
}
