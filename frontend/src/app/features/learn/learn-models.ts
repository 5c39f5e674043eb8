import { ApiResponse, Outline, ProgressSummary } from '@core/api/models';
import type { OfflineCourse, CompletionChange } from '@core/offline/offline-store';

export type OutlineLesson = Outline[number];
export type QuizResult = ApiResponse<'QuizResult'>;

/** A course in the lesson player. */
export interface Course extends OfflineCourse {
  readonly id: string;
}

/** A value from the server or, if that cannot be reached, from this device. */
export interface Loaded<Value> {
  readonly value: Value;
  readonly isOfflineCopy: boolean;
}

/** Returns the summary as the server will compute it from the changes. */
export function withChanges(
  summary: ProgressSummary,
  outline: Outline,
  changes: readonly CompletionChange[],
): ProgressSummary {
  const completed = new Set(summary.completed_lessons);
  for (const change of changes) {
    if (change.completed) completed.add(change.lesson);
    else completed.delete(change.lesson);
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
