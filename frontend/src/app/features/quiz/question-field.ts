import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { AskedQuestion, Given } from './quiz-api';

/** One question as it is asked, with what belongs to answering it. */
@Component({
  selector: 'lms-question-field',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './question-field.scss',
  template: `
    <fieldset>
      <legend tabindex="-1" data-question>
        <span class="number" i18n>Question {{ number() }} of {{ count() }}</span>
        <span class="text">{{ question().text }}</span>
      </legend>
      <p class="quiet">
        <ng-container i18n>
          {question().points, plural, =1 {1 point} other {{{ question().points }} points}}
        </ng-container>
        @if (question().kind === 'multiple') {
          · <ng-container i18n>More than one may be right.</ng-container>
        }
      </p>
      @switch (question().kind) {
        @case ('single') {
          @for (choice of question().choices; track choice.id) {
            <label class="choice">
              <input
                type="radio"
                [name]="question().id"
                [checked]="chosen().includes(choice.id)"
                (change)="answer.emit({ choices: [choice.id] })"
              />
              <span>{{ choice.text }}</span>
            </label>
          }
        }
        @case ('multiple') {
          @for (choice of question().choices; track choice.id) {
            <label class="choice">
              <input
                #box
                type="checkbox"
                [checked]="chosen().includes(choice.id)"
                (change)="choose(choice.id, box.checked)"
              />
              <span>{{ choice.text }}</span>
            </label>
          }
        }
        @case ('true_false') {
          @for (one of truths; track one.value) {
            <label class="choice">
              <input
                type="radio"
                [name]="question().id"
                [checked]="text() === one.value"
                (change)="answer.emit({ text: one.value })"
              />
              <span>{{ one.label }}</span>
            </label>
          }
        }
        @default {
          <label class="field">
            <span>{{ question().kind === 'numeric' ? aNumber : anAnswer }}</span>
            <input
              #box
              type="text"
              autocomplete="off"
              maxlength="255"
              [attr.inputmode]="question().kind === 'numeric' ? 'decimal' : null"
              [value]="text()"
              (input)="answer.emit({ text: box.value })"
            />
          </label>
        }
      }
    </fieldset>
  `,
})
export class QuestionField {
  readonly question = input.required<AskedQuestion>();
  readonly number = input.required<number>();
  readonly count = input.required<number>();
  readonly given = input<Given>();
  readonly answer = output<Given>();

  protected readonly truths = [
    { value: 'true', label: $localize`True` },
    { value: 'false', label: $localize`False` },
  ];
  protected readonly aNumber = $localize`Your answer, a number`;
  protected readonly anAnswer = $localize`Your answer`;
  protected readonly chosen = computed(() => {
    const given = this.given();
    return given && 'choices' in given ? given.choices : [];
  });
  protected readonly text = computed(() => {
    const given = this.given();
    return given && 'text' in given ? given.text : '';
  });

  protected choose(id: string, isChosen: boolean): void {
    const others = this.chosen().filter(one => one !== id);
    this.answer.emit({ choices: isChosen ? [...others, id] : others });
  }
}
