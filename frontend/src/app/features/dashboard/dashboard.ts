import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Session } from '@core/auth/session';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { Activity } from './activity';
import { Continue } from './continue';
import { CourseProgress } from './course-progress';
import { DashboardApi } from './dashboard-api';
import { Grades } from './grades';

@Component({
  selector: 'lms-dashboard',
  imports: [
    RouterLink,
    Activity,
    Continue,
    CourseProgress,
    EmptyState,
    LoadError,
    Grades,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './dashboard.scss',
  templateUrl: './dashboard.html',
})
export class Dashboard {
  protected readonly session = inject(Session);
  protected readonly dashboard = inject(DashboardApi).read();

  protected readonly courses = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().student.courses : [],
  );
  protected readonly finished = computed(() =>
    this.courses().filter(course => course.total > 0 && course.completed === course.total),
  );
  private readonly unfinished = computed(() =>
    this.courses().filter(course => !this.finished().includes(course)),
  );
  /** The latest course with a next lesson. */
  protected readonly first = computed(() => this.unfinished().find(course => course.next_lesson));
  protected readonly others = computed(() =>
    this.unfinished().filter(course => course !== this.first()),
  );
}
