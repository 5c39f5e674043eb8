import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

import { publicCategoriesResource } from '@core/api/categories';
import { Session } from '@core/auth/session';
import { CourseCard } from '@shared/course-card';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { HomeApi } from './home-api';

const FEATURED = 8;

@Component({
  selector: 'lms-home',
  imports: [PercentPipe, RouterLink, CourseCard, EmptyState, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './home.scss',
  templateUrl: './home.html',
})
export class Home {
  private readonly api = inject(HomeApi);
  protected readonly session = inject(Session);
  protected readonly featured = this.api.featured(FEATURED);
  protected readonly categories = publicCategoriesResource();
  private readonly dashboard = this.api.dashboard();
  private readonly isSessionKnown = signal(false);
  protected readonly isLoadingCourse = computed(
    () => !this.isSessionKnown() || this.dashboard.isLoading(),
  );
  /** Categories with courses. */
  protected readonly nonEmptyCategories = computed(() =>
    this.categories.hasValue()
      ? this.categories.value().results.filter(category => category.course_count > 0)
      : [],
  );
  /** The latest course in progress. */
  protected readonly latest = computed(() =>
    this.dashboard.hasValue()
      ? this.dashboard
          .value()
          .student.courses.find(course => course.percentage > 0 && course.percentage < 100)
      : undefined,
  );

  constructor() {
    void this.session.whenReady().finally(() => this.isSessionKnown.set(true));
  }
}
