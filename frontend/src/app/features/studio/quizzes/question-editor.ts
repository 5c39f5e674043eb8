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
import { KIND_LABELS, hasChoices } from './quiz-labels';
import { Question, QuestionInput, QuestionKind, QuizzesApi } from './quizzes-api';

const NUMBER = /^\s*[-+]?(\d+([.,]\d*)?|[.,]\d+)(e[-+]?\d+)?\s*$/i;
const MAX_CHOICES = 20;

/** Edits a question together with its choices or its answer. */
@Component({
  selector: 'lms-question-editor',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './question-editor.scss',
  templateUrl: './question-editor.html',
})
export class QuestionEditor implements OnInit {
  readonly quiz = input.required<string>();
  /** Undefined for a new question. */
  readonly question = input<Question>();
  readonly kind = input.required<QuestionKind>();
  readonly saved = output();
  readonly canceled = output();

  private readonly api = inject(QuizzesApi);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly kindLabels = KIND_LABELS;
  protected readonly messageOf = errorMessageOf;
  protected readonly maxChoices = MAX_CHOICES;
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
      for (const choice of question.choices) this.choices.push(this.choiceGroup(choice));
    } else if (this.hasChoices()) {
      for (const isCorrect of [true, false]) {
        this.choices.push(this.choiceGroup({ text: '', is_correct: isCorrect }));
      }
    } else if (this.kind() === 'true_false') {
      this.form.controls.answer.setValue('true');
    }
    if (this.kind() === 'numeric') {
      this.form.controls.answer.setValidators([Validators.pattern(NUMBER)]);
    }
    setTimeout(() => this.host.querySelector<HTMLElement>('textarea')?.focus());
  }

  protected addChoice(): void {
    this.choices.push(this.choiceGroup({ text: '', is_correct: false }));
    this.choices.markAsDirty();
    this.focusChoice(-1);
  }

  protected removeChoice(index: number): void {
    this.choices.removeAt(index);
    this.choices.markAsDirty();
    this.focusChoice(Math.min(index, this.choices.length - 1));
  }

  /** A single-choice question has one correct choice, so the other choices become incorrect. */
  protected selectCorrect(index: number): void {
    if (this.kind() !== 'single') return;
    this.choices.controls.forEach((choice, position) =>
      choice.controls.is_correct.setValue(position === index),
    );
    this.choices.markAsDirty();
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      const question = this.question();
      const input = this.questionInput();
      await (question
        ? this.api.updateQuestion(question.id, input)
        : this.api.addQuestion(this.quiz(), input));
      this.form.markAsPristine();
      this.saved.emit();
    });
  }

  protected choiceLabel(index: number): string {
    return $localize`Choice ${index + 1}:number:`;
  }

  protected correctLabel(index: number): string {
    return $localize`Choice ${index + 1}:number: is correct`;
  }

  protected removeLabel(index: number): string {
    return $localize`Remove choice ${index + 1}:number:`;
  }

  private focusChoice(index: number): void {
    setTimeout(() =>
      [...this.host.querySelectorAll<HTMLElement>('.choice .text')].at(index)?.focus(),
    );
  }

  private questionInput(): QuestionInput {
    const { text, answer, tolerance, points, explanation, choices } = this.form.getRawValue();
    const kind = this.kind();
    const common = { text, kind, explanation, points: parseNumber(points) };
    if (hasChoices(kind)) {
      const filled = choices.filter(choice => choice.text.trim());
      return {
        ...common,
        choices: filled.map(({ id, ...choice }) => (id ? { id, ...choice } : choice)),
      };
    }
    const hasTolerance = kind === 'numeric' && tolerance.trim() !== '';
    return { ...common, answer, tolerance: hasTolerance ? parseNumber(tolerance) : null };
  }

  private choiceGroup(choice: { id?: string; text: string; is_correct: boolean }) {
    return this.forms.group({
      id: [choice.id ?? ''],
      text: [choice.text, Validators.maxLength(255)],
      is_correct: [choice.is_correct],
    });
  }
}

type ChoiceControls = ReturnType<QuestionEditor['choiceGroup']>['controls'];

function parseNumber(text: string): number {
  return Number(text.replace(',', '.'));
}
