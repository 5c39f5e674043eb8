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
import { Course, withMarks } from './learn-models';
import { LessonsApi } from './lessons-api';
import { LessonText } from './lesson-text';
import { Neighbours } from './neighbours';
import { Outline } from './outline';
import { ReadingHabits } from './reading-habits';
import { Resume } from './resume';

/** Where a key means something else, or is part of what one writes. */
const BUSY =
  'input, select, textarea, summary, iframe, pre, table, [contenteditable], [role=dialog], [role=menu], [tabindex="0"]';
const QUIET = 'data-quiet'; // as in styles.scss
const LETTERS: Readonly<Record<string, number>> = { j: 1, k: -1 };
const ARROWS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowLeft: -1 };

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
    Neighbours,
    Outline,
    Skeleton,
  ],
  providers: [Resume],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './lesson-page.scss',
  host: {
    '(document:keydown)': 'press($event)',
    '(window:online)': 'readAgain()',
  },
  template: `
    <div class="page">
      @if (course(); as course) {
        @if (isOffline()) {
          <p class="notice" role="status" i18n>
            This is the copy on this device. What you mark is sent when you are online again.
          </p>
        }
        <div class="player">
          @if (!habits.isQuiet()) {
            <lms-outline [course]="course" [current]="lessonId()" />
          }
          @if (course.outline.length === 0) {
            <div>
              <h1>{{ course.title }}</h1>
              <lms-empty-state title="This course has no lessons yet." i18n-title>
                <a class="button" [routerLink]="['/courses', course.id]" i18n>To the course</a>
              </lms-empty-state>
            </div>
          } @else if (isForeign()) {
            <div>
              <h1 i18n>No such lesson</h1>
              <p i18n>The lesson is not in this course, or no longer.</p>
              <a class="button" [routerLink]="['/learn', course.id]" i18n>Go on with the course</a>
            </div>
          } @else if (!line()) {
            <div>
              <h1 i18n>Lesson</h1>
              <lms-skeleton [count]="4" height="7rem" />
            </div>
          } @else {
            <article>
              <header>
                <p class="quiet facts">
                  @if (line(); as line) {
                    <span i18n>Lesson {{ number() }} of {{ course.outline.length }}</span>
                    @if (line.duration_minutes > 0) {
                      <span>{{ line.duration_minutes | duration }}</span>
                    }
                    @if (line.is_preview && !course.summary) {
                      <span class="badge" i18n>Preview</span>
                    }
                    @if (isDone()) {
                      <span class="badge" i18n>Completed</span>
                    }
                  }
                </p>
                <button
                  class="quiet-switch"
                  type="button"
                  [attr.aria-pressed]="habits.isQuiet()"
                  (click)="habits.isQuiet.set(!habits.isQuiet())"
                >
                  <ng-container i18n>Quiet mode</ng-container>
                </button>
                <h1>{{ line()?.title }}</h1>
              </header>
              @if (text.error(); as error) {
                <lms-load-error [error]="error" [title]="failure()" (retry)="text.reload()" />
              } @else if (text.hasValue()) {
                <lms-lesson-text [lesson]="text.value().value" />
              } @else {
                <lms-skeleton [count]="4" height="7rem" />
              }
              @if (text.hasValue() || text.error()) {
                <footer>
                  @if (text.hasValue()) {
                    @if (course.summary; as summary) {
                      <lms-completion
                        [lesson]="text.value().value.id"
                        [summary]="summary"
                        [isWaiting]="isWaiting()"
                        (marked)="mark(text.value().value.id, $event)"
                      />
                      @if (isFinished()) {
                        <lms-finished [course]="course" [summary]="summary" />
                      }
                    } @else if (text.value().value.content_html !== null) {
                      <p class="notice" i18n>
                        You are not enrolled in this course, so your progress is not kept.
                        <a [routerLink]="['/courses', course.id]">See the course</a>
                      </p>
                    }
                  }
                  <lms-neighbours
                    [course]="course.id"
                    [previous]="previous()"
                    [next]="next()"
                    [isDone]="isDone() && !isFinished()"
                  />
                  @if (!habits.isQuiet()) {
                    <lms-keyboard />
                  }
                </footer>
              }
            </article>
          }
        </div>
      } @else if (isMissing()) {
        <h1 i18n>Course not found</h1>
        <p i18n>There is no such course, or it is open only to those who take it.</p>
        <div class="actions">
          <a class="button" routerLink="/courses" i18n>All courses</a>
          @if (!session.isSignedIn()) {
            <a class="button outlined" routerLink="/login" [queryParams]="{ next: router.url }">
              <ng-container i18n>Sign in</ng-container>
            </a>
          }
        </div>
      } @else if (place.error(); as error) {
        <h1 i18n>Lesson</h1>
        <lms-load-error [error]="error" [title]="failure()" (retry)="place.reload()" />
      } @else {
        <div class="player">
          @if (!habits.isQuiet()) {
            <lms-skeleton class="waiting" [count]="7" height="3rem" />
          }
          <div>
            <h1 i18n>Lesson</h1>
            <lms-skeleton [count]="4" height="7rem" />
          </div>
        </div>
      }
    </div>
  `,
})
export class LessonPage {
  readonly courseId = input.required<string>();
  readonly lessonId = input<string>();

  private readonly api = inject(LessonsApi);
  private readonly lessonCompletions = inject(LessonCompletions);
  private readonly snackbar = inject(Snackbar);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly pageMetadata = inject(PageMetadata);
  private readonly resume = inject(Resume);
  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly shown = viewChild(LessonText);
  private readonly optimistic = signal<readonly CompletionChange[]>([]);
  private latest: CompletionChange | null = null;
  private milestones: Pick<ProgressSummary, 'course' | 'milestones'> | null = null;

  protected readonly session = inject(Session);
  protected readonly router = inject(Router);
  protected readonly habits = inject(ReadingHabits);
  protected readonly place = this.api.course(this.courseId);
  protected readonly text = this.api.lesson(this.lessonId);

  /** The course as it is with the marks that the server has yet to hear of. */
  protected readonly course = computed(() => {
    if (!this.place.hasValue()) return null;
    const course = this.place.value().value;
    const unheard = [...this.lessonCompletions.pending(), ...this.optimistic()];
    return {
      ...course,
      summary: course.summary && withMarks(course.summary, course.outline, unheard),
    };
  });
  private readonly isCourseKept = computed(() =>
    this.place.hasValue() ? this.place.value().isKept : null,
  );
  private readonly isTextKept = computed(() =>
    this.text.hasValue() ? this.text.value().isKept : null,
  );
  protected readonly isOffline = computed(() => this.isCourseKept() || this.isTextKept());

  private readonly index = computed(
    () => this.course()?.outline.findIndex(lesson => lesson.id === this.lessonId()) ?? -1,
  );
  protected readonly number = computed(() => this.index() + 1);
  protected readonly line = computed(() => this.course()?.outline[this.index()]);
  protected readonly previous = computed(() => this.neighbour(-1));
  protected readonly next = computed(() => this.neighbour(1));
  protected readonly isForeign = computed(
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
  protected readonly isWaiting = computed(() =>
    this.lessonCompletions.pending().some(mark => mark.lesson === this.lessonId()),
  );
  protected readonly isMissing = computed(() => {
    const error = this.place.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly failure = computed(() =>
    isOffline(this.place.error() ?? this.text.error())
      ? $localize`This lesson is not on this device.`
      : $localize`This could not be loaded.`,
  );

  constructor() {
    this.lessonCompletions.synced
      .pipe(takeUntilDestroyed())
      .subscribe(mark => void this.takeIn(mark));
    effect(() => this.openNext());
    effect(() => {
      const [line, course] = [this.line(), this.course()];
      if (line && course) this.pageMetadata.setTitle(`${line.title} · ${course.title}`);
      else if (course) this.pageMetadata.setTitle(course.title);
    });
    effect(() => this.sayMilestone());
    effect(() => {
      if (this.isCourseKept() !== null) untracked(() => void this.lessonCompletions.sendPending());
    });
    effect(() => {
      const isBack = this.isTextKept() === false && untracked(this.isCourseKept) === true;
      if (isBack) untracked(() => this.place.reload());
    });
    effect(() => {
      this.document.documentElement.toggleAttribute(QUIET, this.habits.isQuiet());
    });
    inject(DestroyRef).onDestroy(() => this.document.documentElement.removeAttribute(QUIET));
    afterRenderEffect(() => this.readHeading());
    afterRenderEffect(() => this.openText());
  }

  protected async mark(lesson: string, completed: boolean): Promise<void> {
    const mark = { lesson, completed };
    this.optimistic.update(marks => [...marks, mark]);
    try {
      if (completed) this.resume.finish(lesson);
      await this.lessonCompletions.set(lesson, completed);
    } catch (error) {
      void this.errorReporter.report(error);
    } finally {
      this.optimistic.update(marks => marks.filter(one => one !== mark));
    }
  }

  protected press(event: KeyboardEvent): void {
    const onwards = this.document.documentElement.dir === 'rtl' ? -1 : 1;
    const step = LETTERS[event.key.toLowerCase()] ?? onwards * (ARROWS[event.key] ?? 0);
    const isOther =
      event.defaultPrevented ||
      event.repeat ||
      [event.altKey, event.ctrlKey, event.metaKey, event.shiftKey].includes(true) ||
      (event.target instanceof Element && event.target.closest(BUSY) !== null);
    if (!step || isOther || !this.habits.hasKeys()) return;
    const lesson = this.neighbour(step);
    if (!lesson) return;
    event.preventDefault();
    void this.router.navigate(['/learn', this.courseId(), lesson.id]);
  }

  protected async readAgain(): Promise<void> {
    await this.lessonCompletions.sendPending();
    if (this.isCourseKept() !== false) this.place.reload();
    if (this.isTextKept() !== false) this.text.reload();
  }

  private neighbour(step: number) {
    const index = this.index();
    return index < 0 ? undefined : this.course()?.outline[index + step];
  }

  /** Without a lesson in the address, goes to where one has to go on. */
  private openNext(): void {
    const course = this.course();
    if (!course || this.lessonId() !== undefined) return;
    const lesson = course.summary?.next_lesson ?? course.outline[0];
    if (!lesson) return;
    void this.router.navigate(['/learn', course.id, lesson.id], { replaceUrl: true });
  }

  /** The server has heard of the mark: what it says of the course now holds. */
  private async takeIn(mark: CompletionChange): Promise<void> {
    this.latest = mark;
    const course = this.courseId();
    this.change(course, ({ summary, outline }) => summary && withMarks(summary, outline, [mark]));
    const summary = await this.api.summary(course).catch(() => null);
    if (summary && this.latest === mark) this.change(course, () => summary);
  }

  private change(id: string, summaryOf: (course: Course) => ProgressSummary | null): void {
    if (!this.place.hasValue() || this.place.value().value.id !== id) return;
    const read = this.place.value();
    const course = { ...read.value, summary: summaryOf(read.value) };
    this.place.set({ ...read, value: course });
    this.api.keep(course);
  }

  private sayMilestone(): void {
    const summary = this.place.hasValue() ? this.place.value().value.summary : null;
    if (!summary) return;
    const before = this.milestones;
    this.milestones = summary;
    if (before?.course !== summary.course) return;
    const reached = summary.milestones.filter(percent => !before.milestones.includes(percent));
    if (reached.length > 0) void this.snackbar.show(textOf(Math.max(...reached)));
  }

  /** The heading has another text under whoever listens: it is read again. */
  private readHeading(): void {
    this.line();
    const heading = this.host.querySelector('h1');
    if (heading === null || heading !== this.document.activeElement) return;
    heading.blur();
    focusHeading(this.document);
  }

  private openText(): void {
    const [reading, lesson] = [this.shown()?.reading()?.nativeElement, this.lessonId()];
    if (reading && lesson) void this.resume.open(lesson, reading);
    else this.resume.leave();
  }
}

function textOf(milestone: number): string {
  switch (milestone) {
    case 100:
      return $localize`You have completed all lessons of this course. Well done!`;
    case 75:
      return $localize`Three quarters of this course are done.`;
    case 50:
      return $localize`Half of this course is done.`;
    default:
      return $localize`A quarter of this course is done.`;
  }
}
