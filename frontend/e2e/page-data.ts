import { Page } from '@playwright/test';

import { Course, createCourse, enroll, startAttempt } from './courses';
import { api } from './product';

interface Enrollment {
  readonly course: string;
  readonly milestones: readonly number[];
  readonly completed_at: string | null;
}

interface Dashboard {
  readonly student: {
    readonly courses: readonly {
      readonly course: string;
      readonly title: string;
      readonly completed: number;
      readonly total: number;
      readonly grade: number | null;
    }[];
  };
}

interface Lessons {
  readonly results: readonly {
    readonly id: string;
    readonly course: string;
    readonly embed_url: string | null;
  }[];
}

/** Returns the path of a demo course in which the student attempted a quiz, in progress or completed. */
export async function findStartedLesson(page: Page, isFinished = false): Promise<string> {
  const { student } = await api<Dashboard>(page, '/api/dashboard/', 'demo-student');
  const course = student.courses.find(
    ({ title, completed, total, grade }) =>
      !title.startsWith('Test course') && grade !== null && (completed === total) === isFinished,
  );
  return `/learn/${course?.course}`;
}

/** Returns the path of a lesson with an embedded video. */
export async function findVideoLesson(page: Page): Promise<string> {
  const { results } = await api<Lessons>(page, '/api/lessons/?page_size=100');
  const lesson = results.find(({ embed_url }) => embed_url);
  return `/learn/${lesson?.course}/${lesson?.id}`;
}

/** Returns a course of the demo instructor with a quiz and students. */
export async function findTaughtCourse(
  page: Page,
): Promise<{ course: string; lesson: string; quiz: string }> {
  const url = '/api/courses/?search=meetings&page_size=1';
  const { results } = await api<{ results: { id: string }[] }>(page, url);
  const course = results[0]?.id ?? '';
  const quizzes = await api<{ results: { id: string; lesson: string }[] }>(
    page,
    `/api/quizzes/?course=${course}`,
    'demo-instructor',
  );
  const { id: quiz, lesson } = quizzes.results[0] ?? { id: '', lesson: '' };
  return { course, lesson, quiz };
}

/** Returns the demo course that its student has in progress. */
export async function findEnrolledCourse(page: Page): Promise<string> {
  const url = '/api/enrollments/?ordering=enrolled_at';
  const { results } = await api<{ results: Enrollment[] }>(page, url, 'demo-student');
  const enrollment = results.find(
    ({ milestones, completed_at }) => milestones.length > 0 && completed_at === null,
  );
  return enrollment?.course ?? '';
}

/** Returns a demo course with preview lessons. */
export async function findCourseWithPreviews(page: Page): Promise<string> {
  const { results } = await api<{ results: { course: string }[] }>(
    page,
    '/api/lessons/?page_size=1',
  );
  return results[0]?.course ?? '';
}

/** Creates a quiz that the demo student can take. */
export async function openQuiz(page: Page, settings: object = {}): Promise<string> {
  const { id, quiz } = await createCourse(page, settings);
  await enroll(page, id, 'demo-student');
  return quiz;
}

/** Starts an attempt of the demo student and returns the path of its question. */
export async function openAttempt(page: Page, step: number): Promise<string> {
  const quiz = await openQuiz(page, { time_limit_seconds: 1200 });
  await startAttempt(page, quiz, 'demo-student');
  return `/quiz/${quiz}?step=${step}`;
}

/** Creates a course with words that are wider than any page. */
export async function createCourseWithLongWords(page: Page): Promise<Course & { name: string }> {
  const course = await createCourse(page, {}, 'W'.repeat(200));
  return {
    ...course,
    name: course.title.slice(0, course.title.indexOf('WWW')).split(' ')[2] ?? '',
  };
}
