import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { DashboardApi } from './dashboard-api';

/** The grade of each quiz of a course. */
@Component({
  selector: 'lms-quiz-grades',
  imports: [RouterLink, DecimalPipe, PercentPipe, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (summary.error(); as error) {
      <lms-load-error [error]="error" (retry)="summary.reload()" />
    } @else if (summary.hasValue()) {
      <div class="table" tabindex="0" role="region" [attr.aria-label]="title()">
        <table>
          <thead>
            <tr>
              <th scope="col" i18n>Quiz</th>
              <th scope="col" i18n>Attempts</th>
              <th scope="col" i18n>Grade</th>
              <th scope="col" i18n>Result</th>
            </tr>
          </thead>
          <tbody>
            @for (quiz of summary.value().quizzes; track quiz.quiz) {
              <tr>
                <th scope="row">
                  <a [routerLink]="['/quiz', quiz.quiz]">{{ quiz.title }}</a>
                </th>
                <td>{{ quiz.attempts | number }}</td>
                <td>
                  {{ quiz.grade === null ? '–' : (quiz.grade / 100 | percent: '1.0-1') }}
                </td>
                <td>
                  @if (quiz.passed) {
                    <span class="badge" i18n>Passed</span>
                  } @else if (quiz.attempts > 0) {
                    <ng-container i18n>Not passed yet</ng-container>
                  } @else {
                    <ng-container i18n>Not attempted</ng-container>
                  }
                </td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    } @else {
      <lms-skeleton [count]="3" height="2rem" />
    }
  `,
})
export class QuizGrades {
  readonly course = input.required<string>();
  readonly title = input.required<string>();

  protected readonly summary = inject(DashboardApi).summary(this.course);
}
