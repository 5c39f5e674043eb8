import { Answered, Outline, Summary } from '@core/api/models';
import type { KeptCourse, Mark } from '@core/offline/store';

export type OutlineLesson = Outline[number];
export type QuizResult = Answered<'QuizResult'>;

/** A course as one goes through it. */
export interface Course extends KeptCourse {
  readonly id: string;
}

/** What was read, from the server or, where that is out of reach, from this device. */
export interface Read<Value> {
  readonly value: Value;
  readonly isKept: boolean;
}

/** Returns the summary as the server will answer it once it has heard of the marks. */
export function withMarks(summary: Summary, outline: Outline, marks: readonly Mark[]): Summary {
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
