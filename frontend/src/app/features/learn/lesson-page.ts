import { PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  computed,
  effect,
  inject,
  input,
  linkedSignal,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Lesson, Place } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { Failures } from '@core/errors/failures';
import { PageTitle } from '@core/navigation/titles';
import { Notes } from '@core/notes/notes';
import { Marks } from '@core/offline/marks';
import { Failed } from '@shared/failed';
import { Prose } from '@shared/prose';
import { Skeleton } from '@shared/skeleton';
import { LearnApi } from './learn-api';
import { LessonOutline } from './lesson-outline';
import { PlaceKeeper } from './place-keeper';
import { QuietMode } from './quiet-mode';
import { Video } from './video';

/** The lesson player. Without a lesson in the address it opens the one that is next. */
@Component({
  selector: 'lms-lesson-page',
  imports: [PercentPipe, RouterLink, Failed, Prose, Skeleton, LessonOutline, Video],
  providers: [PlaceKeeper, QuietMode],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(document:keydown)': 'press($event)' },
  styleUrl: './lesson-page.scss',
  templateUrl: './lesson-page.html',
})
export class LessonPage {
  readonly course = input.required<string>();
  readonly lesson = input<string>();

  private readonly api = inject(LearnApi);
  private readonly router = inject(Router);
  private readonly title = inject(PageTitle);
  private readonly marks = inject(Marks);
  private readonly notes = inject(Notes);
  private readonly failures = inject(Failures);
  private readonly places = inject(PlaceKeeper);
  private readonly document = inject(DOCUMENT);
  protected readonly session = inject(Session);
  protected readonly quiet = inject(QuietMode);

  protected readonly known = this.api.course(this.course);
  protected readonly read = this.api.lesson(this.lesson);
  protected readonly outlineOpen = signal(false);
  protected readonly busy = signal(false);

  protected readonly outline = computed(() =>
    this.known.hasValue() ? this.known.value().value.outline : [],
  );
  /** One's place in the course, with the marks that the server does not know yet. */
  protected readonly place = linkedSignal<Place | null>(() =>
    this.known.hasValue() ? this.known.value().value.place : null,
  );
  protected readonly completed = computed(() => this.place()?.progress.completed_lessons ?? []);
  protected readonly current = computed<Lesson | null>(() =>
    this.read.hasValue() && this.read.value().value.id === this.lesson()
      ? this.read.value().value
      : null,
  );
  protected readonly isKept = computed(
    () => this.read.hasValue() && (this.read.value().isKept || this.known.value()?.isKept),
  );
  protected readonly isCompleted = computed(() => this.completed().includes(this.lesson() ?? ''));
  protected readonly quizzes = computed(() =>
    (this.place()?.progress.quizzes ?? []).filter(quiz => quiz.lesson === this.lesson()),
  );
  protected readonly waitsForQuiz = computed(() => this.quizzes().some(quiz => !quiz.passed));
  protected readonly previous = computed(() => this.neighbour(-1));
  protected readonly next = computed(() => this.neighbour(1));
  protected readonly isFinished = computed(() => {
    const progress = this.place()?.progress;
    return !!progress && progress.total > 0 && progress.completed === progress.total;
  });
  protected readonly notFound = computed(() =>
    [this.known.error(), this.read.error()].some(
      error => error instanceof ApiError && error.status === 404,
    ),
  );

  constructor() {
    effect(() => this.title.set(this.current()?.title));
    effect(() => {
      if (this.lesson() || !this.known.hasValue()) return;
      const { place, outline } = this.known.value().value;
      const first = place?.progress.next_lesson?.id ?? outline[0]?.id;
      if (first) untracked(() => void this.open(first, true));
    });
    effect(() => {
      const id = this.current()?.id;
      if (id) setTimeout(() => this.places.open(id));
    });
  }

  protected async toggle(): Promise<void> {
    const [lesson, before] = [this.lesson(), this.place()];
    if (!lesson || !before || this.busy()) return;
    const completed = !this.isCompleted();
    this.busy.set(true);
    this.place.set(marked(before, lesson, completed));
    try {
      const isSent = await this.marks.set(lesson, completed);
      if (isSent) this.sayMilestones(before);
      else await this.notes.say($localize`You are offline; this is saved when you are back.`);
    } catch (error) {
      this.place.set(before);
      await this.failures.report(error);
    } finally {
      this.busy.set(false);
    }
  }

  protected press(event: KeyboardEvent): void {
    const isForUs =
      !event.ctrlKey && !event.metaKey && !event.altKey && !isForAnother(event.target);
    if (!isForUs) return;
    const isRtl = this.document.documentElement.dir === 'rtl';
    const [back, on] = isRtl ? ['ArrowRight', 'ArrowLeft'] : ['ArrowLeft', 'ArrowRight'];
    const wanted = {
      j: this.next(),
      [on]: this.next(),
      k: this.previous(),
      [back]: this.previous(),
    }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (wanted) void this.open(wanted.id);
    else if (event.key === 'Escape') this.quiet.leave();
  }

  private async open(lesson: string, replaceUrl = false): Promise<void> {
    await this.router.navigate(['/learn', this.course(), lesson], { replaceUrl });
  }

  private neighbour(step: number) {
    const at = this.outline().findIndex(lesson => lesson.id === this.lesson());
    return at < 0 ? undefined : this.outline()[at + step];
  }

  /** The server says which marks were reached; 25, 50, 75 and 100 per cent are worth a word. */
  private sayMilestones(before: Place): void {
    const now = this.place();
    if (!now) return;
    const reached = [25, 50, 75].filter(
      mark => before.progress.percentage < mark && now.progress.percentage >= mark,
    );
    const highest = reached.at(-1);
    if (highest && now.progress.percentage < 100) {
      void this.notes.say($localize`${highest}:percent: per cent of the course are done.`);
    }
  }
}

/** The place as it is when that lesson is marked or cleared. */
function marked(place: Place, lesson: string, completed: boolean): Place {
  const others = place.progress.completed_lessons.filter(id => id !== lesson);
  const lessons = completed ? [...others, lesson] : others;
  const { total } = place.progress;
  return {
    ...place,
    progress: {
      ...place.progress,
      completed_lessons: lessons,
      completed: lessons.length,
      percentage: total ? (100 * lessons.length) / total : 0,
    },
  };
}

/** Whether the key is for what has the focus: a field, or a frame or list that scrolls. */
function isForAnother(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest(
      'input, textarea, select, [contenteditable], iframe, [role=dialog], pre, .table',
    ) !== null
  );
}
