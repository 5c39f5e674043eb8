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
import { CourseContentApi } from '../course-content-api';
import { CurrentCourse } from '../current-course';
import { reorder } from '../reorder';
import { ReorderButtons } from '../reorder-buttons';
import { TitleForm } from '../title-form';
import { CoursesApi } from './courses-api';

/** The lessons of a course in order, and a checklist for publishing it. */
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
    ReorderButtons,
    Skeleton,
    TitleForm,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrls: ['../styles/drag-list.scss', './outline.scss'],
  templateUrl: './outline.html',
})
export class OutlinePage {
  readonly id = input.required<string>();

  private readonly api = inject(CoursesApi);
  private readonly content = inject(CourseContentApi);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly announcer = inject(LiveAnnouncer);
  protected readonly currentCourse = inject(CurrentCourse);

  protected readonly outline = this.content.outline(this.id);
  protected readonly quizzes = this.content.quizzes(this.id);
  /** True during the first request only, not while reloading. */
  protected readonly isLoadingQuizzes = computed(() => this.quizzes.status() === 'loading');
  protected readonly pendingAction = new PendingAction();
  protected readonly lessons = linkedSignal<Outline>(() =>
    this.outline.hasValue() ? this.outline.value() : [],
  );
  private readonly loadedQuizzes = computed(() =>
    this.quizzes.hasValue() ? this.quizzes.value().results : [],
  );
  protected readonly quizCounts = computed(() => {
    const counts = new Map<string, number>();
    for (const { lesson } of this.loadedQuizzes()) {
      counts.set(lesson, (counts.get(lesson) ?? 0) + 1);
    }
    return counts;
  });
  /** The quizzes that keep the course from being published. */
  protected readonly incompleteQuizzes = computed(() =>
    this.loadedQuizzes().filter(quiz => quiz.problems.some(problem => problem.question)),
  );
  protected readonly canPublish = computed(
    () =>
      this.lessons().length > 0 &&
      this.quizzes.hasValue() &&
      !this.isLoadingQuizzes() &&
      this.incompleteQuizzes().length === 0,
  );

  protected drop({ previousIndex, currentIndex }: CdkDragDrop<unknown>): void {
    void this.move(previousIndex, currentIndex);
  }

  protected async move(from: number, to: number): Promise<void> {
    if (from === to) return;
    const title = this.lessons()[from]?.title ?? '';
    void this.announcer.announce($localize`${title}:title: is now lesson ${to + 1}:position:.`);
    try {
      await reorder(this.lessons, { from, to }, lessons =>
        this.api.reorderLessons(
          this.id(),
          lessons.map(({ id }) => id),
        ),
      );
    } catch (error) {
      await this.errorReporter.report(error);
    }
  }

  protected async add(title: string): Promise<void> {
    await this.pendingAction.run(async () => {
      const { id } = await this.api.addLesson(this.id(), title);
      await this.router.navigate(['/studio/courses', this.id(), 'lessons', id]);
    });
  }

  protected async remove(lesson: string, title: string): Promise<void> {
    const confirmed = await this.confirm.ask({
      title: $localize`Delete this lesson?`,
      text: $localize`This deletes “${title}:title:” with its quizzes and all their submissions.`,
      action: $localize`Delete lesson`,
      isDestructive: true,
    });
    if (!confirmed) return;
    await this.pendingAction.run(async () => {
      await this.api.removeLesson(lesson);
      this.outline.reload();
      this.quizzes.reload();
      await this.snackbar.show($localize`Lesson deleted.`);
    });
  }

  protected async setPublished(isPublished: boolean): Promise<void> {
    await this.pendingAction.run(async () => {
      await this.api.setPublished(this.id(), isPublished);
      this.currentCourse.reload();
      await this.snackbar.show(
        isPublished
          ? $localize`The course is published. Anyone can find it now.`
          : $localize`The course is a draft again. Enrolled students keep their access.`,
      );
    });
  }
}
