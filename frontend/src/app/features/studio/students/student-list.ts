import { DatePipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, input } from '@angular/core';

import { QueryParams } from '@core/navigation/query-params';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { saveFile } from '@shared/save-file';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { CourseInStudio } from '../course-in-studio';
import { asCsv } from './csv';
import { Student, StudentsApi } from './students-api';

/** Who takes the course, how far each has come, and their marks. */
@Component({
  selector: 'lms-student-list',
  imports: [DatePipe, PercentPipe, EmptyState, LoadError, Pager, SearchBox, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './student-list.scss',
  templateUrl: './student-list.html',
})
export class StudentList {
  readonly id = input.required<string>();
  readonly search = input<string>();
  readonly ordering = input<string>();
  readonly page = input<string>();

  private readonly api = inject(StudentsApi);
  protected readonly queryParams = inject(QueryParams);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly studio = inject(CourseInStudio);
  protected readonly pendingAction = new PendingAction();
  protected readonly students = this.api.of(
    this.id,
    computed(() => ({ search: this.search(), ordering: this.ordering(), page: this.page() })),
  );
  protected readonly pageNumber = computed(() => Number(this.page()) || 1);
  protected readonly nobody = $localize`Nobody takes this course yet.`;
  protected readonly noMatch = $localize`Nobody of that name takes it.`;
  protected readonly orders = [
    { value: '', label: $localize`Newest first` },
    { value: 'enrolled_at', label: $localize`Longest enrolled first` },
    { value: '-completed_at', label: $localize`Last completed first` },
  ];

  protected nameOf({ student }: Student): string {
    return student?.username ?? $localize`Somebody who has gone`;
  }

  protected async grant(box: HTMLInputElement): Promise<void> {
    const username = box.value.trim();
    if (!username) return;
    await this.pendingAction.run(async () => {
      await this.api.grant(this.id(), username);
      box.value = '';
      this.reload();
      await this.snackbar.show($localize`${username}:username: is enrolled.`);
    });
  }

  protected async revoke(student: Student): Promise<void> {
    const name = this.nameOf(student);
    const agreed = await this.confirm.ask({
      title: $localize`Remove from the course?`,
      text: $localize`${name}:username: can read the course no longer. What they have done is kept.`,
      action: $localize`Remove`,
      isDestructive: true,
    });
    if (!agreed) return;
    await this.pendingAction.run(async () => {
      await this.api.revoke(student.id);
      this.reload();
    });
  }

  /** Saves all students' marks as a table, a column for each quiz. */
  protected async export(): Promise<void> {
    await this.pendingAction.run(async () => {
      const students = await this.api.all(this.id());
      const quizzes = students[0]?.progress.quizzes ?? [];
      const head = [
        $localize`Student`,
        $localize`Enrolled`,
        $localize`Completed`,
        $localize`Per cent`,
        $localize`Grade`,
        ...quizzes.map(quiz => quiz.title),
      ];
      const rows = students.map(student => {
        const { percentage, grade } = student.progress;
        const grades = new Map(student.progress.quizzes.map(one => [one.quiz, one.grade]));
        return [
          this.nameOf(student),
          student.enrolled_at,
          student.completed_at,
          percentage,
          grade,
          ...quizzes.map(({ quiz }) => grades.get(quiz) ?? null),
        ];
      });
      const title = this.studio.course()?.title ?? $localize`Students`;
      saveFile(`${title}.csv`, asCsv([head, ...rows]));
    });
  }

  private reload(): void {
    this.students.reload();
    this.studio.reload();
  }
}
