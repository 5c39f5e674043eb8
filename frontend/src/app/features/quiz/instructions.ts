import { DatePipe, DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Minutes } from '@shared/minutes';
import { Quiz, Submission } from './quiz-api';

/** What one should know before one begins, and how one did before. */
@Component({
  selector: 'lms-instructions',
  imports: [RouterLink, DatePipe, DecimalPipe, PercentPipe, Minutes],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './instructions.scss',
  template: `
    <dl class="facts">
      <div>
        <dt i18n>Questions</dt>
        <dd>{{ quiz().question_count }}</dd>
      </div>
      <div>
        <dt i18n>Points</dt>
        <dd>{{ quiz().max_score | number: '1.0-2' }}</dd>
      </div>
      <div>
        <dt i18n>To pass</dt>
        <dd>{{ quiz().pass_mark / 100 | percent }}</dd>
      </div>
      <div>
        <dt i18n>Time</dt>
        <dd>
          @if (quiz().time_limit_seconds; as seconds) {
            @if (seconds >= 60) {
              {{ seconds / 60 | minutes }}
            } @else {
              <ng-container i18n>{{ seconds }} seconds</ng-container>
            }
          } @else {
            <ng-container i18n>No limit</ng-container>
          }
        </dd>
      </div>
      <div>
        <dt i18n>Attempts</dt>
        <dd>
          @if (quiz().max_attempts; as most) {
            <ng-container i18n>{{ quiz().my_attempts }} of {{ most }} used</ng-container>
          } @else {
            <ng-container i18n>{{ quiz().my_attempts }} so far, no limit</ng-container>
          }
        </dd>
      </div>
      @if (quiz().my_grade !== null) {
        <div>
          <dt i18n>Your grade</dt>
          <dd>{{ quiz().my_grade! / 100 | percent: '1.0-2' }}</dd>
        </div>
      }
    </dl>
    <ul class="rules">
      <li>{{ gradingRule() }}</li>
      <li>{{ keyRule() }}</li>
      @if (quiz().time_limit_seconds) {
        <li i18n>
          The clock runs on while you are away. When the time is up, what you have answered is
          handed in by itself.
        </li>
      }
      <li i18n>Your answers are kept on this device until you hand them in.</li>
    </ul>
    @if (quiz().question_count === 0) {
      <p class="notice" i18n>This quiz has no questions yet.</p>
    } @else if (isUsedUp()) {
      <p class="notice" i18n>You have used up your attempts.</p>
    } @else {
      <p>
        <button class="button" type="button" [disabled]="busy()" (click)="begin.emit()">
          @if (quiz().my_open) {
            <ng-container i18n>Continue</ng-container>
          } @else if (quiz().my_attempts > 0) {
            <ng-container i18n>Try again</ng-container>
          } @else {
            <ng-container i18n>Start</ng-container>
          }
        </button>
      </p>
    }
    @if (submissions().length > 0) {
      <h2 i18n>Your attempts</h2>
      <div class="table" tabindex="0" role="region" aria-label="Your attempts" i18n-aria-label>
        <table>
          <thead>
            <tr>
              <th scope="col" i18n>Attempt</th>
              <th scope="col" i18n>Handed in</th>
              <th scope="col" i18n>Result</th>
              <th scope="col"><span class="visually-hidden" i18n>Details</span></th>
            </tr>
          </thead>
          <tbody>
            @for (one of submissions(); track one.id) {
              <tr>
                <th scope="row">{{ one.attempt }}</th>
                <td>{{ one.submitted_at | date: 'medium' }}</td>
                <td>
                  {{ one.percentage / 100 | percent: '1.0-2' }}
                  @if (one.passed) {
                    <span class="badge" i18n>Passed</span>
                  }
                </td>
                <td>
                  <a routerLink="." [queryParams]="{ submission: one.id }" i18n>
                    Look at attempt {{ one.attempt }}
                  </a>
                </td>
              </tr>
            }
          </tbody>
        </table>
      </div>
    }
  `,
})
export class Instructions {
  readonly quiz = input.required<Quiz>();
  readonly submissions = input.required<readonly Submission[]>();
  readonly busy = input(false);
  readonly begin = output();

  protected readonly isUsedUp = computed(() => {
    const { max_attempts: most, my_attempts: used, my_open: open } = this.quiz();
    return most !== null && used >= most && !open;
  });
  protected readonly gradingRule = computed(() => GRADINGS[this.quiz().grading]);
  protected readonly keyRule = computed(() => KEYS[this.quiz().show_key]);
}

const GRADINGS: Readonly<Record<Quiz['grading'], string>> = {
  highest: $localize`Your best attempt counts.`,
  latest: $localize`Your latest attempt counts.`,
  first: $localize`Your first attempt counts.`,
  average: $localize`The average of your attempts counts.`,
};
const KEYS: Readonly<Record<Quiz['show_key'], string>> = {
  after_submit: $localize`The right answers are shown when you have handed in.`,
  after_pass: $localize`The right answers are shown once you have passed.`,
  never: $localize`The right answers are not shown.`,
};
