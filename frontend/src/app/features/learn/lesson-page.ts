import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  DestroyRef,
  ElementRef,
  afterRenderEffect,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, RouterLink } from '@angular/router';

import { ProgressSummary } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { focusHeading } from '@core/navigation/heading-focus';
import { PageMetadata } from '@core/navigation/page-metadata';
import { Snackbar } from '@core/snackbar/snackbar';
import { LessonCompletions, isOffline } from '@core/offline/lesson-completions';
import type { CompletionChange } from '@core/offline/offline-store';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { DurationPipe } from '@shared/duration';
import { Skeleton } from '@shared/skeleton';
import { Completion } from './completion';
import { Finished } from './finished';
import { Keyboard } from './keyboard';
import { Course, withChanges } from './learn-models';
import { LessonsApi } from './lessons-api';
import { LessonText } from './lesson-text';
import { lessonStep } from './lesson-shortcuts';
import { Milestones } from './milestones';
import { Neighbors } from './neighbors';
import { Outline } from './outline';
import { ReadingPosition } from './reading-position';
import { ReadingPreferences } from './reading-preferences';

const FOCUS_MODE = 'data-focus-mode'; // Also used in styles/_layout.scss.

@Component({
  selector: 'lms-lesson-page',
  imports: [
    RouterLink,
    Completion,
    EmptyState,
    LoadError,
    Finished,
    Keyboard,
    LessonText,
    DurationPipe,
    Neighbors,
    Outline,
    Skeleton,
  ],
  providers: [ReadingPosition],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './lesson-page.scss',
  host: {
    '(document:keydown)': 'onKey($event)',
    '(window:online)': 'reload()',
  },
  templateUrl: './lesson-page.html',
})
export class LessonPage {
  readonly courseId = input.required<string>();
  readonly lessonId = input<string>();

  private readonly api = inject(LessonsApi);
  private readonly lessonCompletions = inject(LessonCompletions);
  private readonly snackbar = inject(Snackbar);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly pageMetadata = inject(PageMetadata);
  private readonly readingPosition = inject(ReadingPosition);
  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly lessonText = viewChild(LessonText);
  private readonly unsent = signal<readonly CompletionChange[]>([]);
  private readonly milestones = new Milestones();
  private latest: CompletionChange | null = null;

  protected readonly session = inject(Session);
  protected readonly router = inject(Router);
  protected readonly preferences = inject(ReadingPreferences);
  protected readonly loadedCourse = this.api.course(this.courseId);
  protected readonly text = this.api.lesson(this.lessonId);

  /** The course with the changes that are not sent yet. */
  protected readonly course = computed(() => {
    if (!this.loadedCourse.hasValue()) return null;
    const course = this.loadedCourse.value().value;
    const pending = [...this.lessonCompletions.pending(), ...this.unsent()];
    return {
      ...course,
      summary: course.summary && withChanges(course.summary, course.outline, pending),
    };
  });
  private readonly isCourseOffline = computed(() =>
    this.loadedCourse.hasValue() ? this.loadedCourse.value().isOfflineCopy : null,
  );
  private readonly isTextOffline = computed(() =>
    this.text.hasValue() ? this.text.value().isOfflineCopy : null,
  );
  protected readonly isOffline = computed(() => this.isCourseOffline() || this.isTextOffline());

  private readonly index = computed(
    () => this.course()?.outline.findIndex(lesson => lesson.id === this.lessonId()) ?? -1,
  );
  protected readonly number = computed(() => this.index() + 1);
  protected readonly outlineEntry = computed(() => this.course()?.outline[this.index()]);
  protected readonly previous = computed(() => this.neighbor(-1));
  protected readonly next = computed(() => this.neighbor(1));
  protected readonly isNotInCourse = computed(
    () => this.course() !== null && this.lessonId() !== undefined && this.index() < 0,
  );
  protected readonly isDone = computed(() => {
    const lesson = this.lessonId();
    return !!lesson && !!this.course()?.summary?.completed_lessons.includes(lesson);
  });
  protected readonly isFinished = computed(() => {
    const summary = this.course()?.summary;
    return !!summary && summary.total > 0 && summary.completed === summary.total;
  });
  protected readonly isPending = computed(() =>
    this.lessonCompletions.pending().some(change => change.lesson === this.lessonId()),
  );
  protected readonly isMissing = computed(() => {
    const error = this.loadedCourse.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly errorTitle = computed(() =>
    isOffline(this.loadedCourse.error() ?? this.text.error())
      ? $localize`This lesson is not available offline.`
      : $localize`Could not load this content.`,
  );

  constructor() {
    this.lessonCompletions.synced
      .pipe(takeUntilDestroyed())
      .subscribe(change => void this.applySynced(change));
    effect(() => this.openNext());
    effect(() => {
      const [entry, course] = [this.outlineEntry(), this.course()];
      if (entry && course) this.pageMetadata.setTitle(`${entry.title} · ${course.title}`);
      else if (course) this.pageMetadata.setTitle(course.title);
    });
    effect(() => this.announceMilestone());
    effect(() => {
      if (this.isCourseOffline() !== null)
        untracked(() => void this.lessonCompletions.sendPending());
    });
    effect(() => {
      const isOnlineAgain =
        this.isTextOffline() === false && untracked(this.isCourseOffline) === true;
      if (isOnlineAgain) untracked(() => this.loadedCourse.reload());
    });
    effect(() => {
      this.document.documentElement.toggleAttribute(FOCUS_MODE, this.preferences.isFocusMode());
    });
    inject(DestroyRef).onDestroy(() => this.document.documentElement.removeAttribute(FOCUS_MODE));
    afterRenderEffect(() => this.refocusHeading());
    afterRenderEffect(() => this.trackPosition());
  }

  protected async setCompleted(lesson: string, completed: boolean): Promise<void> {
    const change = { lesson, completed };
    this.unsent.update(changes => [...changes, change]);
    try {
      if (completed) this.readingPosition.finish(lesson);
      await this.lessonCompletions.set(lesson, completed);
    } catch (error) {
      void this.errorReporter.report(error);
    } finally {
      this.unsent.update(changes => changes.filter(other => other !== change));
    }
  }

  protected onKey(event: KeyboardEvent): void {
    if (!this.preferences.hasShortcuts()) return;
    const step = lessonStep(event, this.document.documentElement.dir);
    const lesson = step ? this.neighbor(step) : undefined;
    if (!lesson) return;
    event.preventDefault();
    void this.router.navigate(['/learn', this.courseId(), lesson.id]);
  }

  protected async reload(): Promise<void> {
    await this.lessonCompletions.sendPending();
    if (this.isCourseOffline() !== false) this.loadedCourse.reload();
    if (this.isTextOffline() !== false) this.text.reload();
  }

  private neighbor(step: number) {
    const index = this.index();
    return index < 0 ? undefined : this.course()?.outline[index + step];
  }

  /** Opens the next lesson if the URL has none. */
  private openNext(): void {
    const course = this.course();
    if (!course || this.lessonId() !== undefined) return;
    const lesson = course.summary?.next_lesson ?? course.outline[0];
    if (!lesson) return;
    void this.router.navigate(['/learn', course.id, lesson.id], { replaceUrl: true });
  }

  /** Applies an accepted change at once, then loads the summary of the server. */
  private async applySynced(change: CompletionChange): Promise<void> {
    this.latest = change;
    const course = this.courseId();
    this.updateSummary(
      course,
      ({ summary, outline }) => summary && withChanges(summary, outline, [change]),
    );
    const summary = await this.api.summary(course).catch(() => null);
    if (summary && this.latest === change) this.updateSummary(course, () => summary);
  }

  private updateSummary(id: string, summaryOf: (course: Course) => ProgressSummary | null): void {
    if (!this.loadedCourse.hasValue() || this.loadedCourse.value().value.id !== id) return;
    const loaded = this.loadedCourse.value();
    const course = { ...loaded.value, summary: summaryOf(loaded.value) };
    this.loadedCourse.set({ ...loaded, value: course });
    this.api.save(course);
  }

  private announceMilestone(): void {
    const summary = this.loadedCourse.hasValue() ? this.loadedCourse.value().value.summary : null;
    const text = summary && this.milestones.messageFor(summary);
    if (text) void this.snackbar.show(text);
  }

  /** Focuses the changed heading again, so that screen readers read it. */
  private refocusHeading(): void {
    this.outlineEntry();
    const heading = this.host.querySelector('h1');
    if (heading === null || heading !== this.document.activeElement) return;
    heading.blur();
    focusHeading(this.document);
  }

  private trackPosition(): void {
    const [reading, lesson] = [this.lessonText()?.textElement()?.nativeElement, this.lessonId()];
    if (reading && lesson) void this.readingPosition.open(lesson, reading);
    else this.readingPosition.leave();
  }
}
