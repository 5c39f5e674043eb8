import { PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input, signal } from '@angular/core';

import { EnrolledCourse } from './dashboard-api';
import { QuizMarks } from './quiz-marks';

/** One's grade in each course; opened, that of each of its quizzes. */
@Component({
  selector: 'lms-marks',
  imports: [PercentPipe, QuizMarks],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './marks.scss',
  template: `
    <h2 i18n>Marks</h2>
    @for (course of graded(); track course.course) {
      <details #one (toggle)="seen(course.course, one.open)">
        <summary>
          <span class="title">{{ course.title }}</span>
          <span class="grade">{{ (course.grade ?? 0) / 100 | percent: '1.0-1' }}</span>
        </summary>
        @if (opened().has(course.course)) {
          <lms-quiz-marks [course]="course.course" [title]="course.title" />
        }
      </details>
    } @empty {
      <p class="quiet" i18n>There are no marks yet: they come with the first quiz.</p>
    }
  `,
})
export class Marks {
  readonly courses = input.required<readonly EnrolledCourse[]>();

  protected readonly graded = computed(() => this.courses().filter(({ grade }) => grade !== null));
  protected readonly opened = signal<ReadonlySet<string>>(new Set());

  protected seen(course: string, isOpen: boolean): void {
    if (isOpen) this.opened.update(opened => new Set(opened).add(course));
  }
}
