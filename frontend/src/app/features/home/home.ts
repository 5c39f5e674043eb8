import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
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
  imports: [RouterLink, CourseCard, Empty, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './home.scss',
  template: `
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
      <h2 i18n>Courses that many take</h2>
      @if (featured.error(); as error) {
        <lms-failed [error]="error" (retry)="featured.reload()" />
      } @else if (featured.isLoading()) {
        <lms-skeleton [count]="3" height="18rem" />
      } @else {
        <ul class="cards">
          @for (course of featured.value().results; track course.id) {
            <li><lms-course-card [course]="course" [level]="3" /></li>
          } @empty {
            <li><lms-empty title="There are no courses yet." i18n-title /></li>
          }
        </ul>
      }
    </div>
  `,
})
export class Home {
  protected readonly session = inject(Session);
  protected readonly featured = inject(HomeApi).featured(FEATURED);
}
