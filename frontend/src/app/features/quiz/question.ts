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
  templateUrl: './question.html',
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
