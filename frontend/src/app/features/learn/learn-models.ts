import { Answered } from '@core/api/models';

export type Lesson = Answered<'Lesson'>;
export type OutlineLesson = Answered<'Outline'>;
export type Summary = Answered<'Summary'>;
export type QuizResult = Answered<'QuizResult'>;

/** A course as one goes through it. */
export interface Course {
  readonly id: string;
  readonly title: string;
  readonly outline: readonly OutlineLesson[];
  /** How far one has come; null for whoever does not take the course. */
  readonly summary: Summary | null;
}

/** What was read, from the server or, where that is out of reach, from this device. */
export interface Read<Value> {
  readonly value: Value;
  readonly isKept: boolean;
}

/** That a lesson is completed, or no longer is. */
export interface Mark {
  readonly lesson: string;
  readonly completed: boolean;
}

/** Returns the summary as the server will answer it once it has heard of the marks. */
export function withMarks(
  summary: Summary,
  outline: readonly OutlineLesson[],
  marks: readonly Mark[],
): Summary {
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
