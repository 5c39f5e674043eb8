import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { CourseContentApi } from '../course-content-api';
import { PROBLEM_LABELS } from './quiz-labels';
import { QuizzesApi } from './quizzes-api';

/** The quizzes of a course, grouped by lesson. */
@Component({
  selector: 'lms-quiz-list',
  imports: [DecimalPipe, PercentPipe, RouterLink, EmptyState, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-list.scss',
  templateUrl: './quiz-list.html',
})
export class QuizList {
  readonly id = input.required<string>();

  private readonly api = inject(QuizzesApi);
  private readonly content = inject(CourseContentApi);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  protected readonly problemLabels = PROBLEM_LABELS;
  protected readonly pendingAction = new PendingAction();
  protected readonly quizzes = this.content.quizzes(this.id);
  protected readonly outline = this.content.outline(this.id);
  protected readonly lessons = computed(() =>
    this.outline.hasValue() ? this.outline.value() : [],
  );
  protected readonly groups = computed(() =>
    this.lessons()
      .map(lesson => ({
        lesson,
        quizzes: this.quizzes.value().results.filter(quiz => quiz.lesson === lesson.id),
      }))
      .filter(({ quizzes }) => quizzes.length > 0),
  );

  protected async create(lesson: string, title: string): Promise<void> {
    if (!title.trim()) return;
    await this.pendingAction.run(async () => {
      const { id } = await this.api.create(lesson, title.trim());
      await this.router.navigate(['/studio/courses', this.id(), 'quizzes', id]);
    });
  }

  protected async remove(quiz: string, title: string): Promise<void> {
    const confirmed = await this.confirm.ask({
      title: $localize`Delete this quiz?`,
      text: $localize`This deletes “${title}:title:” with its questions and all submissions.`,
      action: $localize`Delete quiz`,
      isDestructive: true,
    });
    if (!confirmed) return;
    await this.pendingAction.run(async () => {
      await this.api.remove(quiz);
      this.quizzes.reload();
      await this.snackbar.show($localize`Quiz deleted.`);
    });
  }
}
