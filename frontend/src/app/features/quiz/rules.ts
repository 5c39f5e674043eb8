import { DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  LOCALE_ID,
  computed,
  inject,
  input,
} from '@angular/core';

import { inWords } from './countdown';
import { Quiz } from './quiz-api';

/** How much is asked in a quiz, what is needed to pass, and what counts. */
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
        <dt i18n>To pass</dt>
        <dd>{{ quiz().pass_mark / 100 | percent }}</dd>
      </div>
      <div>
        <dt i18n>Time</dt>
        <dd>
          @if (limit(); as time) {
            {{ time }}
          } @else {
            <ng-container i18n>No limit</ng-container>
          }
        </dd>
      </div>
      <div>
        <dt i18n>Attempts</dt>
        <dd>
          @if (quiz().max_attempts; as most) {
            @if (quiz().my_attempts !== undefined) {
              <ng-container i18n>{{ quiz().my_attempts }} of {{ most }} used</ng-container>
            } @else {
              {{ most | number }}
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
          Where several answers are right, you get a part of the points for some of them; wrong ones
          take points away.
        </li>
      }
      <li>
        @switch (quiz().show_key) {
          @case ('after_pass') {
            <ng-container i18n>You see the right answers once you have passed.</ng-container>
          }
          @case ('never') {
            <ng-container i18n>
              You see which of your answers were right, but not the right answers.
            </ng-container>
          }
          @default {
            <ng-container i18n>You see the right answers when you have submitted.</ng-container>
          }
        }
      </li>
      <li i18n>Your answers are saved on this device as you go, until you submit them.</li>
      @if (limit()) {
        <li i18n>
          The time begins when you start and goes on when you leave. When it is up, your answers are
          submitted by themselves, as long as this page is open.
        </li>
      }
    </ul>
  `,
})
export class Rules {
  readonly quiz = input.required<Quiz>();

  private readonly locale = inject(LOCALE_ID);
  protected readonly limit = computed(() => {
    const seconds = this.quiz().time_limit_seconds;
    return seconds === null ? null : inWords(seconds, this.locale);
  });
}
