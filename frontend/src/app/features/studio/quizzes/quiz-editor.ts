import { LiveAnnouncer } from '@angular/cdk/a11y';
import { CdkDrag, CdkDragDrop, CdkDragHandle, CdkDropList } from '@angular/cdk/drag-drop';
import { DecimalPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  resource,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { ErrorReporter } from '@core/errors/error-reporter';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { EtagClient, FieldLabels } from '../etag-client';
import { reorder } from '../reorder';
import { ReorderButtons } from '../reorder-buttons';
import { QuestionBank } from './question-bank';
import { GRADING_LABELS, KIND_LABELS, PROBLEM_LABELS, SHOW_KEY_LABELS } from './quiz-labels';
import { QuestionEditor } from './question-editor';
import { QuizPreview } from './quiz-preview';
import { Question, QuestionKind, Quiz, QuizzesApi } from './quizzes-api';

const REGRADE_POLL_MS = 1000;

/** Edits a quiz: its settings, its questions, and its question bank. */
@Component({
  selector: 'lms-quiz-editor',
  imports: [
    CdkDrag,
    CdkDragHandle,
    CdkDropList,
    DecimalPipe,
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    QuestionBank,
    LoadError,
    ReorderButtons,
    QuestionEditor,
    QuizPreview,
    Skeleton,
    TextField,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrls: ['../styles/drag-list.scss', './quiz-editor.scss'],
  templateUrl: './quiz-editor.html',
})
export class QuizEditor implements HasUnsavedChanges {
  readonly id = input.required<string>();
  readonly quizId = input.required<string>();
  /** `student` shows the quiz without its answer key. */
  readonly view = input<string>();

  private readonly api = inject(QuizzesApi);
  private readonly etagClient = inject(EtagClient);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly announcer = inject(LiveAnnouncer);
  private readonly destroyRef = inject(DestroyRef);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly editor = viewChild(QuestionEditor);

  protected readonly storedQuiz = resource({
    params: () => this.url(),
    loader: ({ params }) => this.etagClient.read<Quiz>(params),
  });
  protected readonly savedQuiz = computed(() =>
    this.storedQuiz.hasValue() ? this.storedQuiz.value().value : undefined,
  );
  protected readonly questions = linkedSignal<readonly Question[]>(
    () => this.savedQuiz()?.questions ?? [],
  );
  protected readonly kindLabels = KIND_LABELS;
  protected readonly gradings = Object.entries(GRADING_LABELS);
  protected readonly showKeyOptions = Object.entries(SHOW_KEY_LABELS);
  protected readonly kinds = Object.keys(KIND_LABELS) as QuestionKind[];
  protected readonly messageOf = errorMessageOf;
  /** The id of the question that is being edited, or the kind of a new question. */
  protected readonly editing = signal<string | null>(null);
  protected readonly isPreview = computed(() => this.view() === 'student');
  protected readonly newKind = computed(() => this.kinds.find(kind => kind === this.editing()));
  protected readonly problems = computed(
    () =>
      new Map(
        (this.savedQuiz()?.problems ?? []).map(({ question, code }) => [
          question,
          PROBLEM_LABELS[code],
        ]),
      ),
  );
  protected readonly form = inject(NonNullableFormBuilder).group({
    title: ['', [Validators.required, Validators.maxLength(255)]],
    pass_mark: [70, [Validators.required, Validators.min(0), Validators.max(100)]],
    max_attempts: ['', Validators.pattern(/^[1-9]\d*$/)],
    minutes: ['', Validators.pattern(/^\d+([.,]\d+)?$/)],
    grading: ['highest' as Quiz['grading']],
    partial_credit: [false],
    shuffle: [false],
    show_key: ['after_pass' as Quiz['show_key']],
  });
  protected readonly submission = new FormSubmission(this.form);
  private readonly url = computed(() => `/api/quizzes/${this.quizId()}/`);

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const quiz = this.savedQuiz();
      if (quiz && !this.form.dirty) untracked(() => this.fillForm(quiz));
    });
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty || !!this.editor()?.hasUnsavedChanges();
  }

  protected async save(): Promise<void> {
    const base = this.storedQuiz.value();
    if (!base) return;
    const { minutes, max_attempts, ...others } = this.form.getRawValue();
    const body = {
      ...others,
      max_attempts: max_attempts ? Number(max_attempts) : null,
      time_limit_seconds: minutes ? Math.round(Number(minutes.replace(',', '.')) * 60) : null,
    };
    await this.submission.submit(async () => {
      const saved = await this.etagClient.save<Quiz>(this.url(), body, base, labelFields);
      if (!saved) return;
      this.form.markAsPristine();
      this.storedQuiz.set(saved);
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected async edit(target: string | null): Promise<void> {
    const hasUnsaved = this.editor()?.hasUnsavedChanges() ?? false;
    const confirmed =
      !hasUnsaved ||
      (await this.confirm.ask({
        title: $localize`Discard changes?`,
        text: $localize`The question you are editing is not saved.`,
        action: $localize`Discard`,
        isDestructive: true,
      }));
    if (confirmed) this.setEditing(target);
  }

  protected async finishEditing(): Promise<void> {
    this.setEditing(null);
    await this.snackbar.show($localize`Question saved.`);
    this.storedQuiz.reload();
  }

  protected async remove(question: Question): Promise<void> {
    const confirmed = await this.confirm.ask({
      title: $localize`Delete this question?`,
      text: question.text,
      action: $localize`Delete question`,
      isDestructive: true,
    });
    if (!confirmed) return;
    await this.submission.run(async () => {
      await this.api.removeQuestion(question.id);
      this.storedQuiz.reload();
    });
  }

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    void this.move(previousIndex, currentIndex);
  }

  protected async move(from: number, to: number): Promise<void> {
    if (from === to) return;
    void this.announcer.announce($localize`It is now question ${to + 1}:position:.`);
    try {
      await reorder(this.questions, { from, to }, questions =>
        this.api.reorderQuestions(
          this.quizId(),
          questions.map(({ id }) => id),
        ),
      );
      this.storedQuiz.reload();
    } catch (error) {
      await this.errorReporter.report(error);
    }
  }

  protected async regrade(): Promise<void> {
    const confirmed = await this.confirm.ask({
      title: $localize`Regrade all submissions?`,
      text: $localize`All submissions are graded again with the current correct answers. Students whose grade changes are notified once.`,
      action: $localize`Regrade`,
    });
    if (!confirmed) return;
    await this.submission.run(async () => {
      await this.api.regrade(this.quizId());
      await this.waitForRegrade();
    });
  }

  private async waitForRegrade(): Promise<void> {
    const isOpen = { value: true };
    this.destroyRef.onDestroy(() => (isOpen.value = false));
    while (isOpen.value) {
      const { finished_at, total_changes } = await this.api.regradeStatus(this.quizId());
      if (finished_at) {
        await this.snackbar.show(
          total_changes === 1
            ? $localize`Regrading finished: 1 grade changed.`
            : $localize`Regrading finished: ${total_changes}:count: grades changed.`,
        );
        return;
      }
      await new Promise(resolve => setTimeout(resolve, REGRADE_POLL_MS));
    }
  }

  /** Opens the editor for the target; null closes it and returns the focus to its button. */
  private setEditing(target: string | null): void {
    const opener = `[data-edit-target="${this.editing()}"]`;
    this.editing.set(target);
    if (target === null) {
      setTimeout(() => this.host.querySelector<HTMLElement>(opener)?.focus());
    }
  }

  private fillForm(quiz: Quiz): void {
    const { title, pass_mark, grading, partial_credit, shuffle, show_key } = quiz;
    const { max_attempts } = quiz;
    this.form.reset({
      title,
      pass_mark,
      grading,
      partial_credit,
      shuffle,
      show_key,
      max_attempts: max_attempts === null ? '' : String(max_attempts),
      minutes: minutesOf(quiz),
    });
  }
}

function labelFields(quiz: Quiz): FieldLabels<Quiz> {
  const yesNo = (value: boolean) => (value ? $localize`Yes` : $localize`No`);
  return {
    title: [$localize`Title`, quiz.title],
    pass_mark: [$localize`Pass mark (%)`, String(quiz.pass_mark)],
    max_attempts: [$localize`Maximum attempts`, String(quiz.max_attempts ?? $localize`No limit`)],
    time_limit_seconds: [$localize`Time limit (minutes)`, minutesOf(quiz) || $localize`No limit`],
    grading: [$localize`Grading method`, GRADING_LABELS[quiz.grading]],
    show_key: [$localize`Show correct answers`, SHOW_KEY_LABELS[quiz.show_key]],
    shuffle: [$localize`Shuffle questions`, yesNo(quiz.shuffle)],
    partial_credit: [$localize`Partial credit`, yesNo(quiz.partial_credit)],
  };
}

function minutesOf({ time_limit_seconds }: Quiz): string {
  return time_limit_seconds === null ? '' : String(time_limit_seconds / 60);
}
