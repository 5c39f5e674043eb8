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
import { Marks } from './marks';

@Component({
  selector: 'lms-dashboard',
  imports: [RouterLink, Activity, Continue, CourseProgress, EmptyState, LoadError, Marks, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './dashboard.scss',
  template: `
    <div class="page">
      <div class="head">
        <h1 i18n>My learning</h1>
        <p class="actions">
          @if (session.isInstructor()) {
            <a class="button outlined" routerLink="/studio" i18n>To the studio</a>
          }
          @if (session.isAdmin()) {
            <a class="button outlined" routerLink="/manage" i18n>To the management</a>
          }
        </p>
      </div>
      @if (dashboard.error(); as error) {
        <lms-load-error [error]="error" (retry)="dashboard.reload()" />
      } @else if (!dashboard.hasValue()) {
        <lms-skeleton height="13rem" />
        <lms-skeleton [count]="2" height="16rem" />
      } @else if (courses().length === 0) {
        <lms-empty-state title="You take no course yet." i18n-title>
          <p i18n>What you learn, how far you are and your marks will be here.</p>
          <p><a class="button" routerLink="/courses" i18n>Find a course</a></p>
        </lms-empty-state>
      } @else {
        @if (first(); as course) {
          <lms-continue [course]="course" />
        }
        @if (others().length > 0) {
          <section>
            <h2 i18n>Also in progress</h2>
            <ul class="cards">
              @for (course of others(); track course.course) {
                <li><lms-course-progress [course]="course" /></li>
              }
            </ul>
          </section>
        }
        @if (finished().length > 0) {
          <section>
            <h2 i18n>Finished</h2>
            <ul class="cards">
              @for (course of finished(); track course.course) {
                <li><lms-course-progress [course]="course" /></li>
              }
            </ul>
          </section>
        }
        <div class="figures">
          <lms-activity [weeks]="dashboard.value().student.activity" />
          <lms-marks [courses]="courses()" />
        </div>
      }
    </div>
  `,
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
  /** The one begun last that has something to go on with. */
  protected readonly first = computed(() => this.unfinished().find(course => course.next_lesson));
  protected readonly others = computed(() =>
    this.unfinished().filter(course => course !== this.first()),
  );
}
