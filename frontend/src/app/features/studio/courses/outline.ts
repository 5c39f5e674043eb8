import { LiveAnnouncer } from '@angular/cdk/a11y';
import { CdkDrag, CdkDragDrop, CdkDragHandle, CdkDropList } from '@angular/cdk/drag-drop';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Outline } from '@core/api/models';
import { ErrorReporter } from '@core/errors/error-reporter';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { DurationPipe } from '@shared/duration';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { CourseInStudio } from '../course-in-studio';
import { moved } from '../moved';
import { OrderButtons } from '../order-buttons';
import { CoursesApi } from './courses-api';

/** A course's lessons in their order, and whether the course can be published. */
@Component({
  selector: 'lms-outline-page',
  imports: [
    CdkDrag,
    CdkDragHandle,
    CdkDropList,
    RouterLink,
    EmptyState,
    LoadError,
    DurationPipe,
    OrderButtons,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './outline.scss',
  templateUrl: './outline.html',
})
export class OutlinePage {
  readonly id = input.required<string>();

  private readonly api = inject(CoursesApi);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly announcer = inject(LiveAnnouncer);
  protected readonly studio = inject(CourseInStudio);

  protected readonly read = this.api.outline(this.id);
  protected readonly quizzes = this.api.quizzes(this.id);
  /** How many quizzes there are is on its way, for the first time. */
  protected readonly isCounting = computed(() => this.quizzes.status() === 'loading');
  protected readonly pendingAction = new PendingAction();
  protected readonly lessons = linkedSignal<Outline>(() =>
    this.read.hasValue() ? this.read.value() : [],
  );
  private readonly known = computed(() =>
    this.quizzes.hasValue() ? this.quizzes.value().results : [],
  );
  protected readonly quizzesOf = computed(() => {
    const counts = new Map<string, number>();
    for (const { lesson } of this.known()) {
      counts.set(lesson, (counts.get(lesson) ?? 0) + 1);
    }
    return counts;
  });
  /** What keeps the course from being published. */
  protected readonly unready = computed(() =>
    this.known().filter(quiz => quiz.problems.some(problem => problem.question)),
  );
  protected readonly canPublish = computed(
    () =>
      this.lessons().length > 0 &&
      this.quizzes.hasValue() &&
      !this.isCounting() &&
      this.unready().length === 0,
  );

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    void this.move(previousIndex, currentIndex);
  }

  protected async move(from: number, to: number): Promise<void> {
    const before = this.lessons();
    if (from === to) return;
    this.lessons.set(moved(before, from, to));
    const title = before[from]?.title ?? '';
    void this.announcer.announce($localize`${title}:title: is lesson ${to + 1}:place: now.`);
    try {
      await this.api.order(
        this.id(),
        this.lessons().map(lesson => lesson.id),
      );
    } catch (error) {
      this.lessons.set(before);
      await this.errorReporter.report(error);
    }
  }

  protected async add(title: string): Promise<void> {
    if (!title.trim()) return;
    await this.pendingAction.run(async () => {
      const { id } = await this.api.addLesson(this.id(), title.trim());
      await this.router.navigate(['/studio/courses', this.id(), 'lessons', id]);
    });
  }

  protected async remove(lesson: string, title: string): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Delete this lesson?`,
      text: $localize`“${title}:title:”, its quizzes and what students did in them go with it.`,
      action: $localize`Delete the lesson`,
      isDestructive: true,
    });
    if (!agreed) return;
    await this.pendingAction.run(async () => {
      await this.api.removeLesson(lesson);
      this.read.reload();
      this.quizzes.reload();
      await this.snackbar.show($localize`The lesson is deleted.`);
    });
  }

  protected async publish(isPublished: boolean): Promise<void> {
    await this.pendingAction.run(async () => {
      await this.api.publish(this.id(), isPublished);
      this.studio.reload();
      await this.snackbar.show(
        isPublished
          ? $localize`The course is published: everybody can find it.`
          : $localize`The course is a draft again; those who take it go on reading it.`,
      );
    });
  }
}
