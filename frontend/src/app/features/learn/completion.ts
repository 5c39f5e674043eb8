import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ProgressSummary } from '@core/api/models';

/** How a lesson is completed: by saying so, or by passing its quizzes. */
@Component({
  selector: 'lms-completion',
  imports: [RouterLink, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './completion.scss',
  template: `
    <div class="card" [class.done]="isDone()">
      @if (quizzes().length > 0) {
        <h2>
          @if (isDone()) {
            <ng-container i18n>Lesson completed</ng-container>
          } @else {
            <ng-container i18n>
              {quizzes().length, plural, =1 {Pass the quiz} other {Pass the quizzes}}
            </ng-container>
          }
        </h2>
        @if (!isDone()) {
          <p i18n>
            {quizzes().length, plural,
              =1 {This lesson is completed by passing its quiz.}
              other {This lesson is completed by passing all of its quizzes.}
            }
          </p>
        }
        <ul>
          @for (quiz of quizzes(); track quiz.quiz) {
            <li>
              <div>
                <p class="title">{{ quiz.title }}</p>
                <p class="quiet facts">
                  @if (quiz.attempts === 0) {
                    <span i18n>Not tried yet</span>
                  } @else {
                    <span i18n>
                      {quiz.attempts, plural, =1 {1 attempt} other {{{ quiz.attempts }} attempts}}
                    </span>
                    @if (quiz.grade !== null) {
                      <span i18n>Grade: {{ quiz.grade / 100 | percent: '1.0-1' }}</span>
                    }
                    @if (quiz.passed) {
                      <span class="badge" i18n>Passed</span>
                    } @else {
                      <span class="badge open" i18n>Not passed yet</span>
                    }
                  }
                </p>
              </div>
              <a class="button" [class.outlined]="quiz.passed" [routerLink]="['/quiz', quiz.quiz]">
                @if (quiz.passed) {
                  <ng-container i18n>See the quiz</ng-container>
                } @else if (quiz.attempts > 0) {
                  <ng-container i18n>Try again</ng-container>
                } @else {
                  <ng-container i18n>Take the quiz</ng-container>
                }
                <span class="visually-hidden">&ngsp;“{{ quiz.title }}”</span>
              </a>
            </li>
          }
        </ul>
      } @else {
        <div class="by-hand">
          <p role="status">
            @if (isDone()) {
              <span class="title" i18n>Lesson completed</span>
            } @else {
              <span i18n>Done with this lesson?</span>
            }
            @if (isWaiting()) {
              <br /><span class="quiet" i18n>
                Kept on this device; it is sent when you are online again.
              </span>
            }
          </p>
          <button
            class="button"
            type="button"
            [class.outlined]="isDone()"
            (click)="marked.emit(!isDone())"
          >
            @if (isDone()) {
              <ng-container i18n>Mark as not completed</ng-container>
            } @else {
              <ng-container i18n>Mark as completed</ng-container>
            }
          </button>
        </div>
      }
    </div>
  `,
})
export class Completion {
  readonly lesson = input.required<string>();
  readonly summary = input.required<ProgressSummary>();
  readonly isWaiting = input(false);
  readonly marked = output<boolean>();

  protected readonly isDone = computed(() =>
    this.summary().completed_lessons.includes(this.lesson()),
  );
  protected readonly quizzes = computed(() =>
    this.summary().quizzes.filter(quiz => quiz.lesson === this.lesson()),
  );
}
