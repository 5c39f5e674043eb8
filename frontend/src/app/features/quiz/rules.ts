import { DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';

import { formatDuration } from './countdown';
import { Quiz } from './quiz-api';

/** The size of a quiz, its limits, and how it is graded. */
@Component({
  selector: 'lms-quiz-rules',
  imports: [DecimalPipe, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './rules.scss',
  template: `
    <dl>
      <div>
        <dt i18n>Questions</dt>
        <dd>{{ quiz().question_count | number }}</dd>
      </div>
      <div>
        <dt i18n>Points</dt>
        <dd>{{ quiz().max_score | number: '1.0-2' }}</dd>
      </div>
      <div>
        <dt i18n>Pass mark</dt>
        <dd>{{ quiz().pass_mark / 100 | percent }}</dd>
      </div>
      <div>
        <dt i18n>Time limit</dt>
        <dd>
          @if (timeLimit(); as time) {
            {{ time }}
          } @else {
            <ng-container i18n>No limit</ng-container>
          }
        </dd>
      </div>
      <div>
        <dt i18n>Attempts</dt>
        <dd>
          @if (quiz().max_attempts; as limit) {
            @if (quiz().my_attempts !== undefined) {
              <ng-container i18n>{{ quiz().my_attempts }} of {{ limit }} used</ng-container>
            } @else {
              {{ limit | number }}
            }
          } @else {
            <ng-container i18n>No limit</ng-container>
          }
        </dd>
      </div>
    </dl>
    <ul>
      @if (quiz().max_attempts !== 1) {
        <li>
          @switch (quiz().grading) {
            @case ('latest') {
              <ng-container i18n>Your latest attempt counts.</ng-container>
            }
            @case ('first') {
              <ng-container i18n
                >Your first attempt counts; later ones are for practice.</ng-container
              >
            }
            @case ('average') {
              <ng-container i18n>The average of your attempts counts.</ng-container>
            }
            @default {
              <ng-container i18n>Your best attempt counts.</ng-container>
            }
          }
        </li>
      }
      @if (quiz().partial_credit) {
        <li i18n>
          Questions with several correct answers give partial credit: correct choices earn points,
          incorrect choices take points away.
        </li>
      }
      <li>
        @switch (quiz().show_key) {
          @case ('after_pass') {
            <ng-container i18n>You see the correct answers after you pass.</ng-container>
          }
          @case ('never') {
            <ng-container i18n>
              You see which of your answers were correct, but not the correct answers.
            </ng-container>
          }
          @default {
            <ng-container i18n>You see the correct answers after you submit.</ng-container>
          }
        }
      </li>
      <li i18n>Your answers are saved on this device as you go, until you submit them.</li>
      @if (timeLimit()) {
        <li i18n>
          The timer starts when you start the quiz and keeps running if you leave. When time is up,
          your answers are submitted automatically if this page is open.
        </li>
      }
    </ul>
  `,
})
export class Rules {
  readonly quiz = input.required<Quiz>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly timeLimit = computed(() => {
    const seconds = this.quiz().time_limit_seconds;
    return seconds === null ? null : formatDuration(seconds, this.locale);
  });
}
