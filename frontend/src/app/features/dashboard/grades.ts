import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';

import { EnrolledCourse } from './dashboard-api';
import { QuizGrades } from './quiz-grades';

/** The grade of each course; expanding a course loads its quiz grades. */
@Component({
  selector: 'lms-grades',
  imports: [PercentPipe, QuizGrades],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './grades.scss',
  template: `
    <h2 i18n>Grades</h2>
    @for (course of graded(); track course.course) {
      <details #details (toggle)="expand(course.course, details.open)">
        <summary>
          <span class="title">{{ course.title }}</span>
          <span class="grade">{{ (course.grade ?? 0) / 100 | percent: '1.0-1' }}</span>
        </summary>
        @if (expanded().has(course.course)) {
          <lms-quiz-grades [course]="course.course" [title]="course.title" />
        }
      </details>
    } @empty {
      <p class="quiet" i18n>No grades yet. They appear after your first graded quiz.</p>
    }
  `,
})
export class Grades {
  readonly courses = input.required<readonly EnrolledCourse[]>();

  protected readonly graded = computed(() => this.courses().filter(({ grade }) => grade !== null));
  protected readonly expanded = signal<ReadonlySet<string>>(new Set());

  protected expand(course: string, isOpen: boolean): void {
    if (isOpen) this.expanded.update(expanded => new Set(expanded).add(course));
  }
}
