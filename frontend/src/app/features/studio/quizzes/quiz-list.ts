import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { PROBLEM_LABELS } from './quiz-labels';
import { QuizzesApi } from './quizzes-api';

/** The quizzes of a course, grouped by lesson. */
@Component({
  selector: 'lms-quiz-list',
  imports: [DecimalPipe, PercentPipe, RouterLink, EmptyState, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-list.scss',
  template: `
    <h1 i18n>Quizzes</h1>
    @if (quizzes.error(); as error) {
      <lms-load-error [error]="error" (retry)="quizzes.reload()" />
    } @else if (outline.error(); as error) {
      <lms-load-error [error]="error" (retry)="outline.reload()" />
    } @else if (quizzes.isLoading() || outline.isLoading()) {
      <lms-skeleton [count]="4" height="5rem" />
    } @else if (lessons().length === 0) {
      <lms-empty-state title="Quizzes belong to lessons. Add a lesson first." i18n-title>
        <a class="button" routerLink="../outline" i18n>Add the first lesson</a>
      </lms-empty-state>
    } @else {
      @for (group of groups(); track group.lesson.id) {
        <h2>{{ group.lesson.title }}</h2>
        <ul>
          @for (quiz of group.quizzes; track quiz.id) {
            <li class="card">
              <div class="text">
                <a [routerLink]="[quiz.id]">{{ quiz.title }}</a>
                <p class="quiet">
                  <span i18n>
                    {quiz.question_count, plural,
                      =1 {1 question}
                      other {{{ quiz.question_count }} questions}
                    }
                  </span>
                  <span i18n>{{ quiz.max_score | number: '1.0-2' }} points</span>
                  <span i18n>Pass mark: {{ quiz.pass_mark / 100 | percent }}</span>
                </p>
                @for (problem of quiz.problems; track $index) {
                  @if ($first) {
                    <p class="problem">{{ problemLabels[problem.code] }}</p>
                  }
                }
              </div>
              <a routerLink="../statistics" [queryParams]="{ quiz: quiz.id }">
                <ng-container i18n>Statistics</ng-container>
                <span class="visually-hidden">{{ quiz.title }}</span>
              </a>
              <button
                class="button plain destructive"
                type="button"
                [disabled]="pendingAction.busy()"
                (click)="remove(quiz.id, quiz.title)"
              >
                <ng-container i18n>Delete</ng-container>
                <span class="visually-hidden">{{ quiz.title }}</span>
              </button>
            </li>
          }
        </ul>
      } @empty {
        <p class="lead" i18n>
          Quizzes let students check what they know. Students complete a lesson by passing all its
          quizzes.
        </p>
      }
      <form
        class="card new"
        (submit)="$event.preventDefault(); create(lessonSelect.value, titleInput.value)"
      >
        <h2 i18n>New quiz</h2>
        <label class="field">
          <span i18n>Lesson</span>
          <select #lessonSelect>
            @for (lesson of lessons(); track lesson.id) {
              <option [value]="lesson.id">{{ lesson.title }}</option>
            }
          </select>
        </label>
        <label class="field">
          <span i18n>Title</span>
          <input #titleInput required maxlength="255" autocomplete="off" />
        </label>
        <button class="button" [disabled]="pendingAction.busy()" i18n>Create</button>
      </form>
    }
  `,
})
export class QuizList {
  readonly id = input.required<string>();

  private readonly api = inject(QuizzesApi);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  protected readonly problemLabels = PROBLEM_LABELS;
  protected readonly pendingAction = new PendingAction();
  protected readonly quizzes = this.api.ofCourse(this.id);
  protected readonly outline = this.api.outline(this.id);
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
