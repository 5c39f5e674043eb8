import { DatePipe, DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';

import { AskedQuestion, Feedback, Given, Quiz, Submission } from './quiz-api';

interface Shown {
  readonly question: AskedQuestion;
  readonly feedback: Feedback | undefined;
  readonly given: string;
  /** What would have been right, where one may know. */
  readonly right: string;
}

/** What an attempt came to: the mark, and what is said to each question. */
@Component({
  selector: 'lms-result',
  imports: [DatePipe, DecimalPipe, PercentPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './result.scss',
  template: `
    <section class="mark" [class.passed]="submission().passed">
      <h2>
        @if (submission().passed) {
          <ng-container i18n>Passed</ng-container>
        } @else {
          <ng-container i18n>Not passed yet</ng-container>
        }
      </h2>
      <p class="percentage">{{ submission().percentage / 100 | percent: '1.0-2' }}</p>
      <p class="quiet">
        <ng-container i18n>
          {{ submission().score | number: '1.0-2' }} of
          {{ submission().max_score | number: '1.0-2' }} points;
          {{ quiz().pass_mark / 100 | percent }} are needed.
        </ng-container>
        <br />
        <ng-container i18n>
          Attempt {{ submission().attempt }}, {{ submission().submitted_at | date: 'medium' }}
        </ng-container>
      </p>
    </section>
    @if (!keyIsShown()) {
      <p class="notice">
        @if (quiz().show_key === 'never') {
          <ng-container i18n>This quiz does not show its right answers.</ng-container>
        } @else {
          <ng-container i18n>The right answers are shown once you have passed.</ng-container>
        }
      </p>
    }
    <h2 i18n>Question by question</h2>
    <ol class="questions">
      @for (one of shown(); track one.question.id) {
        <li class="card">
          <h3>{{ one.question.text }}</h3>
          @if (one.feedback; as feedback) {
            <p>
              <span class="badge" [class.wrong]="!feedback.correct">
                @if (feedback.correct) {
                  <ng-container i18n>Right</ng-container>
                } @else if (feedback.points > 0) {
                  <ng-container i18n>Partly right</ng-container>
                } @else {
                  <ng-container i18n>Wrong</ng-container>
                }
              </span>
              <span class="quiet" i18n>
                {{ feedback.points | number: '1.0-2' }} of
                {{ feedback.max_points | number: '1.0-2' }} points
              </span>
            </p>
          }
          <dl>
            <dt i18n>Your answer</dt>
            <dd>
              @if (one.given) {
                {{ one.given }}
              } @else {
                <span class="quiet" i18n>None</span>
              }
            </dd>
            @if (one.right) {
              <dt i18n>Right answer</dt>
              <dd>{{ one.right }}</dd>
            }
          </dl>
          @if (one.feedback?.explanation; as explanation) {
            <p class="explanation">{{ explanation }}</p>
          }
        </li>
      }
    </ol>
  `,
})
export class Result {
  readonly quiz = input.required<Quiz>();
  readonly submission = input.required<Submission>();

  protected readonly keyIsShown = computed(() =>
    this.submission().feedback.some(
      ({ answer, choices }) => answer !== undefined || choices !== undefined,
    ),
  );
  protected readonly shown = computed<readonly Shown[]>(() => {
    const { questions, feedback, answers } = this.submission();
    return questions.map(question => {
      const about = feedback.find(one => one.question === question.id);
      const given = answers.find(one => one.question === question.id) as Given | undefined;
      return {
        question,
        feedback: about,
        given: say(question, given),
        right: key(question, about),
      };
    });
  });
}

function say(question: AskedQuestion, given: Given | undefined): string {
  if (given && 'choices' in given) return texts(question, given.choices);
  return sayText(question, given?.text ?? '');
}

function key(question: AskedQuestion, feedback: Feedback | undefined): string {
  const choices = feedback?.choices;
  if (choices && choices.length > 0) {
    const right = choices.filter(choice => choice.is_correct);
    return texts(
      question,
      right.map(choice => choice.id),
    );
  }
  const accepted = (feedback?.answer ?? '').split('\n').filter(Boolean);
  return accepted.map(one => sayText(question, one)).join(' / ');
}

function texts(question: AskedQuestion, ids: readonly string[]): string {
  const chosen = question.choices.filter(choice => ids.includes(choice.id));
  return chosen.map(choice => choice.text).join('; ');
}

function sayText(question: AskedQuestion, text: string): string {
  if (question.kind !== 'true_false') return text;
  if (text === 'true') return $localize`True`;
  return text === 'false' ? $localize`False` : text;
}
