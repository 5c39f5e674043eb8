import { Routes, UrlMatcher, UrlSegment } from '@angular/router';

/** Matches `:courseId` and `:courseId/:lessonId` as one page, so that the outline is kept. */
const lessonOfCourse: UrlMatcher = segments => {
  const [courseId, lessonId, ...more] = segments;
  if (!courseId || more.length > 0) return null;
  const posParams: Record<string, UrlSegment> = lessonId ? { courseId, lessonId } : { courseId };
  return { consumed: segments, posParams };
};

export const routes: Routes = [
  {
    matcher: lessonOfCourse,
    title: $localize`Lesson`,
    loadComponent: () => import('./lesson-page').then(m => m.LessonPage),
  },
];
