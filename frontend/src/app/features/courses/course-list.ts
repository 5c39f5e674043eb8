import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  computed,
  inject,
  linkedSignal,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { RouterLink } from '@angular/router';
import { skip } from 'rxjs';

import { publicCategoriesResource } from '@core/api/categories';
import { Course, Page } from '@core/api/models';
import { focusHeading } from '@core/navigation/heading-focus';
import { queryFilters } from '@core/navigation/query-params';
import { CourseCard } from '@shared/course-card';
import { EmptyState } from '@shared/empty-state';
import { FilterSelect } from '@shared/filter-select';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { CatalogApi } from './catalog-api';

/** The public catalog. The URL holds its filters under the API's names. */
@Component({
  selector: 'lms-course-list',
  imports: [
    RouterLink,
    CourseCard,
    EmptyState,
    FilterSelect,
    LoadError,
    Pager,
    SearchBox,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-list.scss',
  templateUrl: './course-list.html',
})
export class CourseList {
  private readonly api = inject(CatalogApi);
  protected readonly filters = queryFilters('search', 'category', 'free', 'ordering', 'page');
  private readonly categories = publicCategoriesResource();
  protected readonly categoryOptions = computed(() => [
    { value: '', label: $localize`All` },
    ...(this.categories.hasValue() ? this.categories.value().results : []).map(category => ({
      value: category.id,
      label: `${category.name} (${category.course_count})`,
    })),
  ]);
  protected readonly courses = this.api.list(this.filters);
  /** The results; while new ones load, the previous ones. */
  protected readonly visiblePage = linkedSignal<Page<Course> | null, Page<Course> | null>({
    source: () =>
      this.courses.isLoading() || !this.courses.hasValue() ? null : this.courses.value(),
    computation: (page, previous) => page ?? previous?.value ?? null,
  });
  protected readonly isFiltered = computed(() => {
    const { search, category, free } = this.filters();
    return !!(search || category || free);
  });
  protected readonly prices = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Free` },
    { value: 'false', label: $localize`Paid` },
  ];
  protected readonly orders = [
    { value: '', label: $localize`Newest first` },
    { value: '-enrollment_count', label: $localize`Most popular first` },
    { value: 'title', label: $localize`Title (A–Z)` },
    { value: 'price', label: $localize`Price (low to high)` },
  ];

  constructor() {
    const document = inject(DOCUMENT);
    const pageChanges = toObservable(computed(() => this.filters().page)).pipe(
      skip(1),
      takeUntilDestroyed(),
    );
    pageChanges.subscribe(() => {
      // The pager is at the end of the page, but the new page is read from its start.
      if (document.activeElement?.closest('lms-pager')) focusHeading(document);
    });
  }
}
