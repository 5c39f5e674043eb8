import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { queryFilters } from '@core/navigation/query-params';
import { EmptyState } from '@shared/empty-state';
import { FilterSelect } from '@shared/filter-select';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { CourseImage } from '@shared/course-image';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { TitleForm } from '../title-form';
import { CoursesApi, CourseListItem } from './courses-api';

/** The courses that the current user teaches, or all courses for an admin. */
@Component({
  selector: 'lms-studio-course-list',
  imports: [
    RouterLink,
    EmptyState,
    FilterSelect,
    LoadError,
    Pager,
    CourseImage,
    SearchBox,
    Skeleton,
    TitleForm,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-list.scss',
  templateUrl: './course-list.html',
})
export class CourseList {
  private readonly api = inject(CoursesApi);
  protected readonly filters = queryFilters('search', 'published', 'page');
  private readonly router = inject(Router);
  protected readonly pendingAction = new PendingAction();
  protected readonly courses = this.api.list(this.filters);
  protected readonly statuses = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Published` },
    { value: 'false', label: $localize`Draft` },
  ];

  protected instructorName({ instructor }: CourseListItem): string {
    return typeof instructor === 'object' ? (instructor?.username ?? '') : '';
  }

  protected async create(title: string): Promise<void> {
    await this.pendingAction.run(async () => {
      const course = await this.api.create(title);
      await this.router.navigate(['/studio/courses', course.id]);
    });
  }
}
