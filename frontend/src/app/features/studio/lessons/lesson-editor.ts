import { HttpClient } from '@angular/common/http';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  resource,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed, toObservable } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';
import { catchError, debounceTime, distinctUntilChanged, of, switchMap } from 'rxjs';

import { Lesson } from '@core/api/models';
import { inBackground } from '@core/http/contexts';
import { Snackbar } from '@core/snackbar/snackbar';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { Prose } from '@shared/prose';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { FieldLabels, Versions } from '../versions';
import { Mark, MARKS, mark } from './markdown';

const PREVIEWED_AFTER_MS = 400;

/** Writes a lesson in Markdown, beside what it will look like. */
@Component({
  selector: 'lms-lesson-editor',
  imports: [
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    LoadError,
    Prose,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(keydown)': 'press($event)' },
  styleUrl: './lesson-editor.scss',
  templateUrl: './lesson-editor.html',
})
export class LessonEditor implements HasUnsavedChanges {
  readonly id = input.required<string>();
  readonly lesson = input.required<string>();

  private readonly http = inject(HttpClient);
  private readonly versions = inject(Versions);
  private readonly snackbar = inject(Snackbar);
  private readonly textBox = viewChild<ElementRef<HTMLTextAreaElement>>('textBox');

  protected readonly read = resource({
    params: () => this.url(),
    loader: ({ params }) => this.versions.read<Lesson>(params),
  });
  protected readonly shown = computed(() =>
    this.read.hasValue() ? this.read.value().value : undefined,
  );
  protected readonly marks = MARKS;
  protected readonly tab = signal<'write' | 'look'>('write');
  protected readonly html = signal('');
  protected readonly messageOf = errorMessageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    title: ['', [Validators.required, Validators.maxLength(255)]],
    content: ['', Validators.maxLength(200_000)],
    video_url: [''],
    duration_minutes: [0, [Validators.required, Validators.min(0)]],
    is_preview: [false],
  });
  protected readonly submission = new FormSubmission(this.form);
  private readonly url = computed(() => `/api/lessons/${this.lesson()}/`);
  private readonly written = signal('');

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const lesson = this.shown();
      if (lesson) untracked(() => this.show(lesson));
    });
    this.form.controls.content.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe(content => this.written.set(content));
    toObservable(this.written)
      .pipe(
        debounceTime(PREVIEWED_AFTER_MS),
        distinctUntilChanged(),
        switchMap(content => this.preview(content)),
        takeUntilDestroyed(),
      )
      .subscribe(html => this.html.set(html));
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    const read = this.read.value();
    if (!read || this.submission.busy()) return;
    await this.submission.submit(async () => {
      const wanted = this.form.getRawValue();
      const saved = await this.versions.save<Lesson>(this.url(), wanted, read, describe);
      if (!saved) return;
      this.read.set(saved);
      this.show(saved.value);
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected press(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === 's') {
      event.preventDefault();
      void this.save();
      return;
    }
    const wanted = MARKS.find(one => one.key === event.key);
    if (!wanted || event.target !== this.textBox()?.nativeElement) return;
    event.preventDefault();
    this.set(wanted);
  }

  /** Sets a mark around what is selected. */
  protected set(wanted: Mark): void {
    const box = this.textBox()?.nativeElement;
    if (!box) return;
    const made = mark(box.value, box.selectionStart, box.selectionEnd, wanted);
    this.form.controls.content.setValue(made.text);
    this.form.controls.content.markAsDirty();
    box.focus();
    box.setSelectionRange(made.start, made.end);
  }

  private show(lesson: Lesson): void {
    const { title, content, video_url, duration_minutes, is_preview } = lesson;
    this.form.reset({
      title,
      content: content ?? '',
      video_url: video_url ?? '',
      duration_minutes,
      is_preview,
    });
    this.html.set(lesson.content_html ?? '');
  }

  private preview(content: string) {
    if (content === (this.shown()?.content ?? '')) return of(this.shown()?.content_html ?? '');
    return this.http
      .post<{ content_html: string }>(
        '/api/lessons/preview/',
        { content },
        {
          context: inBackground(),
        },
      )
      .pipe(
        switchMap(({ content_html }) => of(content_html)),
        catchError(() => of(this.html())), // the next change tries again
      );
  }
}

function describe(lesson: Lesson): FieldLabels<Lesson> {
  return {
    title: [$localize`Title`, lesson.title],
    content: [$localize`Text, in Markdown`, lesson.content ?? ''],
    video_url: [$localize`Address of a video`, lesson.video_url ?? ''],
    duration_minutes: [$localize`Length in minutes`, String(lesson.duration_minutes)],
    is_preview: [$localize`A preview`, lesson.is_preview ? $localize`Yes` : $localize`No`],
  };
}
