import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { EmptyState } from '@shared/empty-state';
import { Quiz } from './quizzes-api';

/** Shows a quiz as students see it, without the answer key; nothing is submitted. */
@Component({
  selector: 'lms-quiz-preview',
  imports: [DecimalPipe, PercentPipe, RouterLink, EmptyState],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-preview.scss',
  template: `
    <div class="notice">
      <p i18n>
        This is how students see the quiz. You can try it out: nothing is submitted and no attempt
        is used.
      </p>
      <a class="button outlined" routerLink="." i18n>Back to editing</a>
    </div>
    <p class="rules quiet">
      <span i18n>
        {quiz().questions.length, plural,
          =1 {1 question}
          other {{{ quiz().questions.length }} questions}
        }
      </span>
      <span i18n>Pass mark: {{ quiz().pass_mark / 100 | percent: '1.0-2' }}</span>
      @if (quiz().time_limit_seconds; as seconds) {
        <span i18n>{{ seconds / 60 | number: '1.0-2' }} min</span>
      }
      @if (quiz().max_attempts; as limit) {
        <span i18n>
          {limit, plural, =1 {1 attempt} other {{{ limit }} attempts}}
        </span>
      }
      @if (quiz().shuffle) {
        <span i18n>Shuffled questions</span>
      }
    </p>
    @for (question of quiz().questions; track question.id; let count = $count) {
      <fieldset class="card">
        <legend>
          <span class="position quiet">
            <span i18n>Question {{ $index + 1 }} of {{ count }}</span>
            <span class="visually-hidden">, </span>
            <span i18n>
              {question.points, plural,
                =1 {1 point}
                other {{{ question.points | number: '1.0-2' }} points}
              }
            </span>
            <span class="visually-hidden">: </span>
          </span>
          <span class="text">{{ question.text }}</span>
        </legend>
        @switch (question.kind) {
          @case ('single') {
            @for (choice of question.choices; track choice.id) {
              <label class="option">
                <input type="radio" [name]="question.id" />
                <span>{{ choice.text }}</span>
              </label>
            }
          }
          @case ('multiple') {
            @for (choice of question.choices; track choice.id) {
              <label class="option">
                <input type="checkbox" />
                <span>{{ choice.text }}</span>
              </label>
            }
          }
          @case ('true_false') {
            <label class="option">
              <input type="radio" [name]="question.id" />
              <span i18n="an answer">True</span>
            </label>
            <label class="option">
              <input type="radio" [name]="question.id" />
              <span i18n="an answer">False</span>
            </label>
          }
          @case ('numeric') {
            <label class="field">
              <span i18n>Your answer (a number)</span>
              <input type="text" inputmode="decimal" autocomplete="off" />
            </label>
          }
          @default {
            <label class="field">
              <span i18n>Your answer</span>
              <input type="text" autocomplete="off" />
            </label>
          }
        }
      </fieldset>
    } @empty {
      <lms-empty-state title="Nothing to preview yet." i18n-title>
        <a class="button" routerLink="." i18n>Add the first question</a>
      </lms-empty-state>
    }
  `,
})
export class QuizPreview {
  readonly quiz = input.required<Quiz>();
}
