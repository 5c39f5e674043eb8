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

import { Failures } from '@core/errors/failures';
import { Notes } from '@core/notes/notes';
import { Confirm } from '@shared/confirm';
import { Failed } from '@shared/failed';
import { messageOf } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { Submission } from '@shared/submission';
import { MayHaveUnsaved, askBeforeUnload } from '@shared/unsaved';
import { moved } from '../moved';
import { OrderButtons } from '../order-buttons';
import { Described, Versions } from '../versions';
import { Bank } from './bank';
import { GRADINGS, KEY_SHOWN, KINDS, PROBLEMS } from './kinds';
import { QuestionEditor } from './question-editor';
import { QuizPreview } from './quiz-preview';
import { Kind, Question, Quiz, QuizzesApi } from './quizzes-api';

const REGRADE_ASKED_EVERY_MS = 1000;

/** A quiz as its author writes it: its rules, its questions, and their banks. */
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
    Bank,
    Failed,
    OrderButtons,
    QuestionEditor,
    QuizPreview,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-editor.scss',
  templateUrl: './quiz-editor.html',
})
export class QuizEditor implements MayHaveUnsaved {
  readonly id = input.required<string>();
  readonly quiz = input.required<string>();
  /** `student`: what they are asked, without the key. */
  readonly view = input<string>();

  private readonly api = inject(QuizzesApi);
  private readonly versions = inject(Versions);
  private readonly notes = inject(Notes);
  private readonly confirm = inject(Confirm);
  private readonly failures = inject(Failures);
  private readonly announcer = inject(LiveAnnouncer);
  private readonly destroyed = inject(DestroyRef);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly editor = viewChild(QuestionEditor);

  protected readonly read = resource({
    params: () => this.url(),
    loader: ({ params }) => this.versions.read<Quiz>(params),
  });
  protected readonly shown = computed(() =>
    this.read.hasValue() ? this.read.value().value : undefined,
  );
  protected readonly questions = linkedSignal<readonly Question[]>(
    () => this.shown()?.questions ?? [],
  );
  protected readonly kinds = KINDS;
  protected readonly gradings = Object.entries(GRADINGS);
  protected readonly keyShown = Object.entries(KEY_SHOWN);
  protected readonly kindNames = Object.entries(KINDS) as [Kind, string][];
  protected readonly messageOf = messageOf;
  /** The question that is being written: its id, or the kind of a new one. */
  protected readonly editing = signal<string | null>(null);
  protected readonly isPreview = computed(() => this.view() === 'student');
  protected readonly newKind = computed(() =>
    this.kindNames.map(([kind]) => kind).find(kind => kind === this.editing()),
  );
  protected readonly problemOf = computed(
    () =>
      new Map(
        (this.shown()?.problems ?? []).map(({ question, code }) => [question, PROBLEMS[code]]),
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
  protected readonly submission = new Submission(this.form);
  private readonly url = computed(() => `/api/quizzes/${this.quiz()}/`);

  constructor() {
    askBeforeUnload(this);
    effect(() => {
      const quiz = this.shown();
      if (quiz && !this.form.dirty) untracked(() => this.show(quiz));
    });
  }

  hasUnsaved(): boolean {
    return this.form.dirty || !!this.editor()?.hasUnsaved();
  }

  protected async save(): Promise<void> {
    const read = this.read.value();
    if (!read) return;
    const { minutes, max_attempts, ...others } = this.form.getRawValue();
    const body = {
      ...others,
      max_attempts: max_attempts ? Number(max_attempts) : null,
      time_limit_seconds: minutes ? Math.round(Number(minutes.replace(',', '.')) * 60) : null,
    };
    await this.submission.send(async () => {
      const saved = await this.versions.save<Quiz>(this.url(), body, read, describe);
      if (!saved) return;
      this.form.markAsPristine();
      this.read.set(saved);
      await this.notes.say($localize`Saved.`);
    });
  }

  protected async edit(what: string | null): Promise<void> {
    const isLost = this.editor()?.hasUnsaved() ?? false;
    const agreed =
      !isLost ||
      (await this.confirm.ask({
        title: $localize`Drop what you wrote?`,
        text: $localize`The question that you are writing is not saved.`,
        action: $localize`Drop it`,
        isGrave: true,
      }));
    if (agreed) this.setEditing(what);
  }

  protected async finishEditing(): Promise<void> {
    this.setEditing(null);
    await this.notes.say($localize`The question is saved.`);
    this.read.reload();
  }

  protected async remove(question: Question): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Delete this question?`,
      text: question.text,
      action: $localize`Delete the question`,
      isGrave: true,
    });
    if (!agreed) return;
    await this.submission.run(async () => {
      await this.api.removeQuestion(question.id);
      this.read.reload();
    });
  }

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    void this.move(previousIndex, currentIndex);
  }

  protected async move(from: number, to: number): Promise<void> {
    const before = this.questions();
    if (from === to) return;
    this.questions.set(moved(before, from, to));
    void this.announcer.announce($localize`It is question ${to + 1}:place: now.`);
    try {
      await this.api.order(
        this.quiz(),
        this.questions().map(question => question.id),
      );
      this.read.reload();
    } catch (error) {
      this.questions.set(before);
      await this.failures.report(error);
    }
  }

  protected async regrade(): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Grade again?`,
      text: $localize`What students handed in is graded by today’s right answers. Each whose grade changes is told once.`,
      action: $localize`Grade again`,
    });
    if (!agreed) return;
    await this.submission.run(async () => {
      await this.api.regrade(this.quiz());
      await this.followRegrade();
    });
  }

  private async followRegrade(): Promise<void> {
    const isOpen = { value: true };
    this.destroyed.onDestroy(() => (isOpen.value = false));
    while (isOpen.value) {
      const { finished_at, changes } = await this.api.regraded(this.quiz());
      if (finished_at) {
        await this.notes.say(
          changes.length === 1
            ? $localize`Graded again: one result changed.`
            : $localize`Graded again: ${changes.length}:count: results changed.`,
        );
        return;
      }
      await new Promise(resolve => setTimeout(resolve, REGRADE_ASKED_EVERY_MS));
    }
  }

  /** Opens the editor for that, or closes it and goes back to where it was opened. */
  private setEditing(what: string | null): void {
    const opener = `[data-edits="${this.editing()}"]`;
    this.editing.set(what);
    if (what === null) {
      setTimeout(() => this.host.querySelector<HTMLElement>(opener)?.focus());
    }
  }

  private show(quiz: Quiz): void {
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

function describe(quiz: Quiz): Described<Quiz> {
  const saysYes = (is: boolean) => (is ? $localize`Yes` : $localize`No`);
  return {
    title: [$localize`Title`, quiz.title],
    pass_mark: [$localize`To pass, per cent`, String(quiz.pass_mark)],
    max_attempts: [$localize`Attempts`, String(quiz.max_attempts ?? $localize`No limit`)],
    time_limit_seconds: [$localize`Time in minutes`, minutesOf(quiz) || $localize`No limit`],
    grading: [$localize`Which attempt counts`, GRADINGS[quiz.grading]],
    show_key: [$localize`When the right answers are shown`, KEY_SHOWN[quiz.show_key]],
    shuffle: [$localize`Another order for each attempt`, saysYes(quiz.shuffle)],
    partial_credit: [
      $localize`Points for some of several right choices`,
      saysYes(quiz.partial_credit),
    ],
  };
}

function minutesOf({ time_limit_seconds }: Quiz): string {
  return time_limit_seconds === null ? '' : String(time_limit_seconds / 60);
}
