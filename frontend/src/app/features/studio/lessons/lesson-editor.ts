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
import { TextField } from '@shared/text-field';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { EtagClient, FieldLabels } from '../etag-client';
import { MARKDOWN_FORMATS, MarkdownFormat, formatSelection } from './markdown-formats';

const PREVIEW_DELAY_MS = 400;

/** Edits a lesson in Markdown with a live preview. */
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
    TextField,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(keydown)': 'handleShortcut($event)' },
  styleUrl: './lesson-editor.scss',
  templateUrl: './lesson-editor.html',
})
export class LessonEditor implements HasUnsavedChanges {
  readonly id = input.required<string>();
  readonly lessonId = input.required<string>();

  private readonly http = inject(HttpClient);
  private readonly etagClient = inject(EtagClient);
  private readonly snackbar = inject(Snackbar);
  private readonly textBox = viewChild<ElementRef<HTMLTextAreaElement>>('textBox');

  protected readonly storedLesson = resource({
    params: () => this.url(),
    loader: ({ params }) => this.etagClient.read<Lesson>(params),
  });
  protected readonly savedLesson = computed(() =>
    this.storedLesson.hasValue() ? this.storedLesson.value().value : undefined,
  );
  protected readonly formats = MARKDOWN_FORMATS;
  protected readonly tab = signal<'write' | 'preview'>('write');
  protected readonly previewHtml = signal('');
  protected readonly messageOf = errorMessageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    title: ['', [Validators.required, Validators.maxLength(255)]],
    content: ['', Validators.maxLength(200_000)],
    video_url: [''],
    duration_minutes: [0, [Validators.required, Validators.min(0)]],
    is_preview: [false],
  });
  protected readonly submission = new FormSubmission(this.form);
  private readonly url = computed(() => `/api/lessons/${this.lessonId()}/`);
  private readonly content = signal('');

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const lesson = this.savedLesson();
      if (lesson) untracked(() => this.fillForm(lesson));
    });
    this.form.controls.content.valueChanges
      .pipe(takeUntilDestroyed())
      .subscribe(content => this.content.set(content));
    toObservable(this.content)
      .pipe(
        debounceTime(PREVIEW_DELAY_MS),
        distinctUntilChanged(),
        switchMap(content => this.renderPreview(content)),
        takeUntilDestroyed(),
      )
      .subscribe(html => this.previewHtml.set(html));
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    const base = this.storedLesson.value();
    if (!base || this.submission.busy()) return;
    await this.submission.submit(async () => {
      const changes = this.form.getRawValue();
      const saved = await this.etagClient.save<Lesson>(this.url(), changes, base, labelFields);
      if (!saved) return;
      this.storedLesson.set(saved);
      this.fillForm(saved.value);
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected handleShortcut(event: KeyboardEvent): void {
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === 's') {
      event.preventDefault();
      void this.save();
      return;
    }
    const format = MARKDOWN_FORMATS.find(({ key }) => key === event.key);
    if (!format || event.target !== this.textBox()?.nativeElement) return;
    event.preventDefault();
    this.applyFormat(format);
  }

  /** Formats the selected text. */
  protected applyFormat(format: MarkdownFormat): void {
    const box = this.textBox()?.nativeElement;
    if (!box) return;
    const result = formatSelection(box.value, box.selectionStart, box.selectionEnd, format);
    this.form.controls.content.setValue(result.text);
    this.form.controls.content.markAsDirty();
    box.focus();
    box.setSelectionRange(result.start, result.end);
  }

  private fillForm(lesson: Lesson): void {
    const { title, content, video_url, duration_minutes, is_preview } = lesson;
    this.form.reset({
      title,
      content: content ?? '',
      video_url: video_url ?? '',
      duration_minutes,
      is_preview,
    });
    this.previewHtml.set(lesson.content_html ?? '');
  }

  private renderPreview(content: string) {
    const saved = this.savedLesson();
    if (content === (saved?.content ?? '')) return of(saved?.content_html ?? '');
    return this.http
      .post<{ content_html: string }>(
        '/api/lessons/preview/',
        { content },
        { context: inBackground() },
      )
      .pipe(
        switchMap(({ content_html }) => of(content_html)),
        catchError(() => of(this.previewHtml())), // The next change tries again.
      );
  }
}

function labelFields(lesson: Lesson): FieldLabels<Lesson> {
  return {
    title: [$localize`Title`, lesson.title],
    content: [$localize`Content (Markdown)`, lesson.content ?? ''],
    video_url: [$localize`Video URL`, lesson.video_url ?? ''],
    duration_minutes: [$localize`Duration (minutes)`, String(lesson.duration_minutes)],
    is_preview: [$localize`Preview lesson`, lesson.is_preview ? $localize`Yes` : $localize`No`],
  };
}
