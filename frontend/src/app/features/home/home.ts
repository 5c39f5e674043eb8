import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

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
  template: `
    <div class="hero">
      <div class="page">
        <div>
          <h1 i18n>Learn at your own pace</h1>
          <p class="lead" i18n>
            Find a course, go through its lessons, check what you know in quizzes, and see how far
            you have come.
          </p>
          <p class="actions">
            <a class="button" routerLink="/courses" i18n>Find a course</a>
            @if (session.isSignedIn()) {
              <a class="button outlined" routerLink="/dashboard" i18n>My learning</a>
            } @else {
              <a class="button outlined" routerLink="/register" i18n>Register</a>
            }
          </p>
        </div>
        @if (isWaiting()) {
          <lms-skeleton class="beside" height="11rem" />
        } @else if (latest(); as course) {
          <section class="card beside" aria-labelledby="going">
            <h2 id="going" i18n>Continue learning</h2>
            <p class="title">{{ course.title }}</p>
            <progress
              max="100"
              [value]="course.percentage"
              aria-label="Completed"
              i18n-aria-label
            ></progress>
            <p class="quiet" i18n>
              {{ course.percentage / 100 | percent }} · next: {{ course.next_lesson?.title }}
            </p>
            <p><a class="button" [routerLink]="['/learn', course.course]" i18n>Continue</a></p>
          </section>
        } @else {
          <section class="card beside" aria-labelledby="how">
            <h2 id="how" i18n>How it works</h2>
            <ol>
              <li i18n>Look into a course: its previews can be read before you enrol.</li>
              <li i18n>Learn when you have time, on any device, and offline too.</li>
              <li i18n>Take its quizzes, and see at once what you know.</li>
            </ol>
          </section>
        }
      </div>
    </div>
    <div class="page">
      <div class="heading">
        <h2 i18n>Popular courses</h2>
        <a routerLink="/courses" i18n>All courses</a>
      </div>
      @if (featured.error(); as error) {
        <lms-load-error [error]="error" (retry)="featured.reload()" />
      } @else if (featured.isLoading()) {
        <lms-skeleton class="cards" [count]="8" height="var(--card-height)" />
      } @else {
        <ul class="cards">
          @for (course of featured.value().results; track course.id) {
            <li><lms-course-card [course]="course" [level]="3" [isFirst]="$index < 4" /></li>
          } @empty {
            <li><lms-empty-state title="There are no courses yet." i18n-title /></li>
          }
        </ul>
      }
      @if (subjects().length > 0) {
        <h2 class="subjects" i18n>By subject</h2>
        <ul class="categories">
          @for (category of subjects(); track category.id) {
            <li>
              <a routerLink="/courses" [queryParams]="{ category: category.id }">
                <span class="name">{{ category.name }}</span>
                <span class="quiet" i18n>
                  {category.course_count, plural,
                    =1 {1 course}
                    other {{{ category.course_count }} courses}
                  }
                </span>
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
  private readonly isSessionKnown = signal(false);
  protected readonly isWaiting = computed(
    () => !this.isSessionKnown() || this.dashboard.isLoading(),
  );
  /** Those with something in them. */
  protected readonly subjects = computed(() =>
    this.categories.hasValue()
      ? this.categories.value().results.filter(category => category.course_count > 0)
      : [],
  );
  /** The course that one began last and has not finished. */
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
