import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  OnInit,
  computed,
  inject,
  input,
  output,
} from '@angular/core';
import {
  FormArray,
  FormGroup,
  NonNullableFormBuilder,
  ReactiveFormsModule,
  Validators,
} from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';

import { errorMessageOf } from '@shared/form-errors';
import { FormSubmission } from '@shared/form-submission';
import { KINDS, hasChoices } from './kinds';
import { Kind, Question, QuizzesApi, QuestionInput } from './quizzes-api';

const NUMBER = /^\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?\s*$/i;
const MOST_CHOICES = 20;

/** Writes one question with its choices or its answer; they are saved together. */
@Component({
  selector: 'lms-question-editor',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './question-editor.scss',
  templateUrl: './question-editor.html',
})
export class QuestionEditor implements OnInit {
  readonly quiz = input.required<string>();
  /** Undefined for a new one, which is of that kind. */
  readonly question = input<Question>();
  readonly kind = input.required<Kind>();
  readonly saved = output();
  readonly cancelled = output();

  private readonly api = inject(QuizzesApi);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly kinds = KINDS;
  protected readonly messageOf = errorMessageOf;
  protected readonly mostChoices = MOST_CHOICES;
  protected readonly hasChoices = computed(() => hasChoices(this.kind()));
  protected readonly form = this.forms.group({
    text: ['', [Validators.required, Validators.maxLength(1024)]],
    answer: [''],
    tolerance: ['', Validators.pattern(NUMBER)],
    points: ['1', [Validators.required, Validators.pattern(NUMBER)]],
    explanation: [''],
    choices: this.forms.array<FormGroup<ChoiceControls>>([]),
  });
  protected readonly submission = new FormSubmission(this.form);

  get choices(): FormArray<FormGroup<ChoiceControls>> {
    return this.form.controls.choices;
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  ngOnInit(): void {
    const question = this.question();
    if (question) {
      const { text, answer, tolerance, points, explanation } = question;
      this.form.patchValue({
        text,
        answer,
        tolerance: tolerance === null ? '' : String(tolerance),
        points: String(points),
        explanation,
      });
      for (const choice of question.choices) this.choices.push(this.choice(choice));
    } else if (this.hasChoices()) {
      for (const isRight of [true, false]) {
        this.choices.push(this.choice({ text: '', is_correct: isRight }));
      }
    } else if (this.kind() === 'true_false') {
      this.form.controls.answer.setValue('true');
    }
    if (this.kind() === 'numeric') {
      this.form.controls.answer.setValidators([Validators.pattern(NUMBER)]);
    }
    setTimeout(() => this.host.querySelector<HTMLElement>('textarea')?.focus());
  }

  protected add(): void {
    this.choices.push(this.choice({ text: '', is_correct: false }));
    this.choices.markAsDirty();
    this.focusChoice(-1);
  }

  protected removeChoice(index: number): void {
    this.choices.removeAt(index);
    this.choices.markAsDirty();
    this.focusChoice(Math.min(index, this.choices.length - 1));
  }

  /** Of a single one, the others are wrong then. */
  protected markRight(index: number): void {
    if (this.kind() !== 'single') return;
    this.choices.controls.forEach((choice, at) =>
      choice.controls.is_correct.setValue(at === index),
    );
    this.choices.markAsDirty();
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      const question = this.question();
      const said = this.said();
      await (question
        ? this.api.changeQuestion(question.id, said)
        : this.api.addQuestion(this.quiz(), said));
      this.form.markAsPristine();
      this.saved.emit();
    });
  }

  protected choiceLabel(index: number): string {
    return $localize`Choice ${index + 1}:number:`;
  }

  protected rightLabel(index: number): string {
    return $localize`Choice ${index + 1}:number: is right`;
  }

  protected removeLabel(index: number): string {
    return $localize`Remove choice ${index + 1}:number:`;
  }

  private focusChoice(index: number): void {
    setTimeout(() =>
      [...this.host.querySelectorAll<HTMLElement>('.choice .text')].at(index)?.focus(),
    );
  }

  private said(): QuestionInput {
    const { text, answer, tolerance, points, explanation, choices } = this.form.getRawValue();
    const kind = this.kind();
    const common = { text, kind, explanation, points: asNumber(points) };
    if (hasChoices(kind)) {
      const kept = choices.filter(choice => choice.text.trim());
      return {
        ...common,
        choices: kept.map(({ id, ...choice }) => (id ? { id, ...choice } : choice)),
      };
    }
    const isNumber = kind === 'numeric' && tolerance.trim() !== '';
    return { ...common, answer, tolerance: isNumber ? asNumber(tolerance) : null };
  }

  private choice(given: { id?: string; text: string; is_correct: boolean }) {
    return this.forms.group({
      id: [given.id ?? ''],
      text: [given.text, Validators.maxLength(255)],
      is_correct: [given.is_correct],
    });
  }
}

type ChoiceControls = ReturnType<QuestionEditor['choice']>['controls'];

function asNumber(text: string): number {
  return Number(text.replace(',', '.'));
}
