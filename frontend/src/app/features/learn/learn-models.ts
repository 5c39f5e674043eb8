import { ApiResponse, Outline, ProgressSummary } from '@core/api/models';
import type { OfflineCourse, CompletionChange } from '@core/offline/offline-store';

export type OutlineLesson = Outline[number];
export type QuizResult = ApiResponse<'QuizResult'>;

/** A course as one goes through it. */
export interface Course extends OfflineCourse {
  readonly id: string;
}

/** What was read, from the server or, where that is out of reach, from this device. */
export interface Read<Value> {
  readonly value: Value;
  readonly isKept: boolean;
}

/** Returns the summary as the server will answer it once it has heard of the marks. */
export function withMarks(
  summary: ProgressSummary,
  outline: Outline,
  marks: readonly CompletionChange[],
): ProgressSummary {
  const completed = new Set(summary.completed_lessons);
  for (const mark of marks) {
    if (mark.completed) completed.add(mark.lesson);
    else completed.delete(mark.lesson);
  }
  const done = outline.filter(lesson => completed.has(lesson.id));
  const next = outline.find(lesson => !completed.has(lesson.id));
  return {
    ...summary,
    total: outline.length,
    completed: done.length,
    completed_lessons: done.map(lesson => lesson.id),
    percentage: outline.length > 0 ? (100 * done.length) / outline.length : 0,
    next_lesson: next ? { id: next.id, title: next.title } : null,
  };
}
