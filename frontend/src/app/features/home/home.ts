import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Session } from '@core/auth/session';
import { CourseCard } from '@shared/course-card';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { HomeApi } from './home-api';

const FEATURED = 6;

@Component({
  selector: 'lms-home',
  imports: [PercentPipe, RouterLink, CourseCard, Empty, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './home.scss',
  template: `
    <div class="hero">
      <div class="page">
        <h1 i18n>Learn at your own pace</h1>
        <p class="lead" i18n>
          Find a course, go through its lessons, check what you know in quizzes, and see how far you
          have come.
        </p>
        <p class="actions">
          <a class="button" routerLink="/courses" i18n>Find a course</a>
          @if (session.isSignedIn()) {
            <a class="button outlined" routerLink="/dashboard" i18n>My learning</a>
          } @else {
            <a class="button outlined" routerLink="/register" i18n>Register</a>
          }
        </p>
        @if (latest(); as course) {
          <section class="card going" aria-labelledby="going">
            <h2 id="going" i18n>Continue learning</h2>
            <p>
              <a [routerLink]="['/learn', course.course]">{{ course.title }}</a>
            </p>
            <progress
              max="100"
              [value]="course.percentage"
              aria-label="Completed"
              i18n-aria-label
            ></progress>
            <p class="quiet" i18n>
              {{ course.percentage / 100 | percent }} · next: {{ course.next_lesson?.title }}
            </p>
          </section>
        }
      </div>
    </div>
    <div class="page">
      <h2 i18n>Courses that many take</h2>
      @if (featured.error(); as error) {
        <lms-failed [error]="error" (retry)="featured.reload()" />
      } @else if (featured.isLoading()) {
        <lms-skeleton class="cards" [count]="6" height="19rem" />
      } @else {
        <ul class="cards">
          @for (course of featured.value().results; track course.id) {
            <li><lms-course-card [course]="course" [level]="3" /></li>
          } @empty {
            <li><lms-empty title="There are no courses yet." i18n-title /></li>
          }
        </ul>
      }
      @if (categories.hasValue() && categories.value().results.length > 0) {
        <h2 class="subjects" i18n>By subject</h2>
        <ul class="categories">
          @for (category of categories.value().results; track category.id) {
            <li>
              <a
                class="button outlined"
                routerLink="/courses"
                [queryParams]="{ category: category.id }"
              >
                {{ category.name }} <span class="quiet">{{ category.course_count }}</span>
              </a>
            </li>
          }
        </ul>
      }
    </div>
  `,
})
export class Home {
  private readonly api = inject(HomeApi);
  protected readonly session = inject(Session);
  protected readonly featured = this.api.featured(FEATURED);
  protected readonly categories = this.api.categories();
  private readonly dashboard = this.api.dashboard();
  /** The course that one began last and has not finished. */
  protected readonly latest = computed(() =>
    this.dashboard.hasValue()
      ? this.dashboard
          .value()
          .student.courses.find(course => course.percentage > 0 && course.percentage < 100)
      : undefined,
  );
}
