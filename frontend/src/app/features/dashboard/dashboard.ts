import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { DashboardApi } from './dashboard-api';

@Component({
  selector: 'lms-dashboard',
  imports: [RouterLink, PercentPipe, Empty, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>My learning</h1>
      @if (dashboard.error(); as error) {
        <lms-failed [error]="error" (retry)="dashboard.reload()" />
      } @else if (dashboard.hasValue()) {
        <ul>
          @for (one of dashboard.value().student.courses; track one.course) {
            <li>
              <a [routerLink]="['/learn', one.course]">{{ one.title }}</a>
              {{ one.percentage / 100 | percent }}
            </li>
          }
        </ul>
        @if (dashboard.value().student.courses.length === 0) {
          <lms-empty title="You take no course yet." i18n-title>
            <a class="button" routerLink="/courses" i18n>Find a course</a>
          </lms-empty>
        }
      } @else {
        <lms-skeleton [count]="4" />
      }
    </div>
  `,
})
export class Dashboard {
  protected readonly dashboard = inject(DashboardApi).read();
}
