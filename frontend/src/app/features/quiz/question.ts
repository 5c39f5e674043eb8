import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { Step } from './attempt';
import { chosenIds } from './draft';
import { AnswerInput } from './quiz-api';

/** A question and the controls for its answer. */
@Component({
  selector: 'lms-quiz-question',
  imports: [DecimalPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './question.scss',
  template: `
    <fieldset [disabled]="isLocked()" [attr.aria-describedby]="hintId()">
      <legend>
        <h2 tabindex="-1" data-step>
          <span class="position quiet">
            <span i18n>Question {{ step().number }} of {{ count() }}</span>
            <span class="visually-hidden">, </span>
            <span i18n>
              {question().points, plural,
                =1 {1 point}
                other {{{ question().points | number: '1.0-2' }} points}
              }
            </span>
            <span class="visually-hidden">: </span>
          </span>
          <span class="text">{{ question().text }}</span>
        </h2>
      </legend>
      <p class="hint quiet" [id]="hintId()">
        @switch (question().kind) {
          @case ('multiple') {
            <ng-container i18n>Choose all correct answers.</ng-container>
          }
          @case ('single') {
            <ng-container i18n>Choose one answer.</ng-container>
          }
          @case ('true_false') {
            <ng-container i18n>Is this true or false?</ng-container>
          }
          @case ('numeric') {
            <ng-container i18n>Enter a number.</ng-container>
          }
          @default {
            <ng-container i18n>Answer in a few words.</ng-container>
          }
        }
      </p>

      @switch (question().kind) {
        @case ('single') {
          @for (choice of question().choices; track choice.id) {
            <label class="option">
              <input
                type="radio"
                [name]="question().id"
                [checked]="chosen().includes(choice.id)"
                (change)="choose(choice.id)"
              />
              <span>{{ choice.text }}</span>
            </label>
          }
        }
        @case ('multiple') {
          @for (choice of question().choices; track choice.id) {
            <label class="option">
              <input
                #checkbox
                type="checkbox"
                [checked]="chosen().includes(choice.id)"
                (change)="toggled.emit({ choice: choice.id, isChosen: checkbox.checked })"
              />
              <span>{{ choice.text }}</span>
            </label>
          }
        }
        @case ('true_false') {
          <label class="option">
            <input
              type="radio"
              [name]="question().id"
              [checked]="text() === 'true'"
              (change)="setText('true')"
            />
            <span i18n="an answer">True</span>
          </label>
          <label class="option">
            <input
              type="radio"
              [name]="question().id"
              [checked]="text() === 'false'"
              (change)="setText('false')"
            />
            <span i18n="an answer">False</span>
          </label>
        }
        @case ('numeric') {
          <div class="numeric">
            <label class="field">
              <span i18n>Your answer (a number)</span>
              <input
                #numberInput
                inputmode="decimal"
                autocomplete="off"
                enterkeyhint="next"
                maxlength="1024"
                [value]="text()"
                [attr.aria-describedby]="hintId() + '-number'"
                (input)="setText(numberInput.value)"
              />
            </label>
            <button
              class="button outlined sign"
              type="button"
              aria-label="Change sign"
              i18n-aria-label
              (click)="changeSign()"
            >
              ±
            </button>
          </div>
          <p
            class="hint"
            [class.quiet]="!isInvalidNumber()"
            [id]="hintId() + '-number'"
            aria-live="polite"
          >
            @if (isInvalidNumber()) {
              <ng-container i18n>
                Enter a number without units, such as 1500, 1.5 or 1,5.
              </ng-container>
            } @else {
              <ng-container i18n
                >You can use a decimal point or a decimal comma: 1.5 or 1,5.</ng-container
              >
            }
          </p>
        }
        @default {
          <label class="field">
            <span i18n>Your answer</span>
            <input
              #textInput
              autocomplete="off"
              autocapitalize="off"
              enterkeyhint="next"
              maxlength="1024"
              [value]="text()"
              (input)="setText(textInput.value)"
            />
          </label>
        }
      }
      @if (canBeCleared()) {
        <button class="plain" type="button" (click)="clear()" i18n>Clear answer</button>
      }
    </fieldset>
  `,
})
export class Question {
  readonly step = input.required<Step>();
  readonly count = input.required<number>();
  readonly isLocked = input(false);
  readonly answer = output<AnswerInput>();
  /** A choice of a question with several correct choices was selected or cleared. */
  readonly toggled = output<{ choice: string; isChosen: boolean }>();

  protected readonly question = computed(() => this.step().question);
  protected readonly hintId = computed(() => `hint-${this.question().id}`);
  protected readonly chosen = computed(() => chosenIds(this.step().answer));
  protected readonly text = computed(() => {
    const { answer } = this.step();
    return answer && 'text' in answer ? answer.text : '';
  });
  protected readonly isInvalidNumber = computed(
    () => this.text().trim() !== '' && !isNumber(this.text()),
  );
  protected readonly canBeCleared = computed(
    () => ['single', 'true_false'].includes(this.question().kind) && this.step().isAnswered,
  );

  protected choose(choice: string): void {
    this.answer.emit({ choices: [choice] });
  }

  protected setText(text: string): void {
    this.answer.emit({ text });
  }

  /** On some phones, the number keyboard has no minus sign. */
  protected changeSign(): void {
    const text = this.text().trim();
    this.setText(/^[-−]/u.test(text) ? text.slice(1) : `-${text}`);
  }

  protected clear(): void {
    this.answer.emit(this.question().kind === 'single' ? { choices: [] } : { text: '' });
  }
}

/** Accepts the same numbers as the server: `1,5`, `1.5` and `15e-1`. */
function isNumber(text: string): boolean {
  const normalized = text
    .replace(/\s/g, '')
    .replace(/\u2212/g, '-')
    .replace(/[,\u066b]/g, '.');
  return /^[+-]?(?:\p{Nd}+\.?\p{Nd}*|\.\p{Nd}+)(?:e[+-]?\p{Nd}+)?$/iu.test(normalized);
}
