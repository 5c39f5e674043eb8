import { DatePipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { queryFilters } from '@core/navigation/query-params';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { FilterSelect } from '@shared/filter-select';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { saveFile } from '@shared/save-file';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { CurrentCourse } from '../current-course';
import { toCsv } from './csv';
import { StudentEnrollment, StudentsApi } from './students-api';

/** The students of a course with their progress and grades. */
@Component({
  selector: 'lms-student-list',
  imports: [DatePipe, PercentPipe, EmptyState, FilterSelect, LoadError, Pager, SearchBox, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './student-list.scss',
  templateUrl: './student-list.html',
})
export class StudentList {
  readonly id = input.required<string>();

  private readonly api = inject(StudentsApi);
  protected readonly filters = queryFilters('search', 'ordering', 'page');
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly currentCourse = inject(CurrentCourse);
  protected readonly pendingAction = new PendingAction();
  protected readonly students = this.api.list(this.id, this.filters);
  protected readonly noStudents = $localize`No students yet.`;
  protected readonly noMatches = $localize`No students found.`;
  protected readonly orderings = [
    { value: '', label: $localize`Recently enrolled` },
    { value: 'enrolled_at', label: $localize`Earliest enrolled` },
    { value: '-completed_at', label: $localize`Recently completed` },
  ];

  protected studentName({ student }: StudentEnrollment): string {
    return student?.username ?? $localize`Deleted user`;
  }

  protected async enroll(input: HTMLInputElement): Promise<void> {
    const username = input.value.trim();
    if (!username) return;
    await this.pendingAction.run(async () => {
      await this.api.enroll(this.id(), username);
      input.value = '';
      this.reload();
      await this.snackbar.show($localize`${username}:username: is now enrolled.`);
    });
  }

  protected async unenroll(enrollment: StudentEnrollment): Promise<void> {
    const name = this.studentName(enrollment);
    const confirmed = await this.confirm.ask({
      title: $localize`Remove this student?`,
      text: $localize`${name}:username: will lose access to the course. Their progress and grades are kept.`,
      action: $localize`Remove`,
      isDestructive: true,
    });
    if (!confirmed) return;
    await this.pendingAction.run(async () => {
      await this.api.unenroll(enrollment.id);
      this.reload();
    });
  }

  /** Saves the gradebook: a row for each student, a column for each quiz. */
  protected async export(): Promise<void> {
    await this.pendingAction.run(async () => {
      const enrollments = await this.api.listAll(this.id());
      const quizzes = enrollments[0]?.progress.quizzes ?? [];
      const header = [
        $localize`Student`,
        $localize`Enrolled`,
        $localize`Completed`,
        $localize`Progress (%)`,
        $localize`Grade`,
        ...quizzes.map(quiz => quiz.title),
      ];
      const rows = enrollments.map(enrollment => {
        const { percentage, grade } = enrollment.progress;
        const grades = new Map(enrollment.progress.quizzes.map(({ quiz, grade }) => [quiz, grade]));
        return [
          this.studentName(enrollment),
          enrollment.enrolled_at,
          enrollment.completed_at,
          percentage,
          grade,
          ...quizzes.map(({ quiz }) => grades.get(quiz) ?? null),
        ];
      });
      const title = this.currentCourse.course()?.title ?? $localize`Students`;
      saveFile(`${title}.csv`, toCsv([header, ...rows]));
    });
  }

  private reload(): void {
    this.students.reload();
    this.currentCourse.reload();
  }
}
