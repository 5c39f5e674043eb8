import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { Step } from './attempt';
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
          <span class="where quiet">
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
            <ng-container i18n>Several answers may be right: choose all that are.</ng-container>
          }
          @case ('single') {
            <ng-container i18n>Choose one answer.</ng-container>
          }
          @case ('true_false') {
            <ng-container i18n>Is this true or false?</ng-container>
          }
          @case ('numeric') {
            <ng-container i18n>Answer with a number.</ng-container>
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
                #box
                type="checkbox"
                [checked]="chosen().includes(choice.id)"
                (change)="toggled.emit({ choice: choice.id, isChosen: box.checked })"
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
              (change)="write('true')"
            />
            <span i18n="an answer">True</span>
          </label>
          <label class="option">
            <input
              type="radio"
              [name]="question().id"
              [checked]="text() === 'false'"
              (change)="write('false')"
            />
            <span i18n="an answer">False</span>
          </label>
        }
        @case ('numeric') {
          <div class="numeric">
            <label class="field">
              <span i18n>Your answer, a number</span>
              <input
                #number
                inputmode="decimal"
                autocomplete="off"
                enterkeyhint="next"
                maxlength="1024"
                [value]="text()"
                [attr.aria-describedby]="hintId() + '-number'"
                (input)="write(number.value)"
              />
            </label>
            <button
              class="button outlined sign"
              type="button"
              aria-label="Change the sign"
              i18n-aria-label
              (click)="changeSign()"
            >
              ±
            </button>
          </div>
          <p
            class="hint"
            [class.quiet]="!isNoNumber()"
            [id]="hintId() + '-number'"
            aria-live="polite"
          >
            @if (isNoNumber()) {
              <ng-container i18n>
                This does not read as a number. Write it as 1500, 1.5 or 1,5, without units.
              </ng-container>
            } @else {
              <ng-container i18n>A point or a comma begins the decimals: 1.5 or 1,5.</ng-container>
            }
          </p>
        }
        @default {
          <label class="field">
            <span i18n>Your answer</span>
            <input
              #words
              autocomplete="off"
              autocapitalize="off"
              enterkeyhint="next"
              maxlength="1024"
              [value]="text()"
              (input)="write(words.value)"
            />
          </label>
        }
      }
      @if (canBeCleared()) {
        <button class="plain" type="button" (click)="clear()" i18n>Clear my answer</button>
      }
    </fieldset>
  `,
})
export class Question {
  readonly step = input.required<Step>();
  readonly count = input.required<number>();
  readonly isLocked = input(false);
  readonly answer = output<AnswerInput>();
  /** One of several choices was taken, or given up. */
  readonly toggled = output<{ choice: string; isChosen: boolean }>();

  protected readonly question = computed(() => this.step().question);
  protected readonly hintId = computed(() => `hint-${this.question().id}`);
  protected readonly chosen = computed(() => {
    const given = this.step().given;
    return given && 'choices' in given ? given.choices : [];
  });
  protected readonly text = computed(() => {
    const given = this.step().given;
    return given && 'text' in given ? given.text : '';
  });
  protected readonly isNoNumber = computed(
    () => this.text().trim() !== '' && !readsAsNumber(this.text()),
  );
  protected readonly canBeCleared = computed(
    () => ['single', 'true_false'].includes(this.question().kind) && this.step().isAnswered,
  );

  protected choose(choice: string): void {
    this.answer.emit({ choices: [choice] });
  }

  protected write(text: string): void {
    this.answer.emit({ text });
  }

  /** The keyboard for numbers has no minus on some phones. */
  protected changeSign(): void {
    const text = this.text().trim();
    this.write(/^[-−]/u.test(text) ? text.slice(1) : `-${text}`);
  }

  protected clear(): void {
    this.answer.emit(this.question().kind === 'single' ? { choices: [] } : { text: '' });
  }
}

/** As the server reads numbers: `1,5`, `1.5` and `15e-1`. */
function readsAsNumber(text: string): boolean {
  const plain = text
    .replace(/\s/g, '')
    .replace(/\u2212/g, '-')
    .replace(/[,\u066b]/g, '.');
  return /^[+-]?(?:\p{Nd}+\.?\p{Nd}*|\.\p{Nd}+)(?:e[+-]?\p{Nd}+)?$/iu.test(plain);
}
