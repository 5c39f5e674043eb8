import { Routes, UrlMatcher, UrlSegment } from '@angular/router';

/** `:course` and `:course/:lesson` are one page, so that the outline stays where it is. */
const lessonOfCourse: UrlMatcher = segments => {
  const [course, lesson, ...more] = segments;
  if (!course || more.length > 0) return null;
  const posParams: Record<string, UrlSegment> = lesson ? { course, lesson } : { course };
  return { consumed: segments, posParams };
};

export const routes: Routes = [
  {
    matcher: lessonOfCourse,
    title: $localize`Lesson`,
    loadComponent: () => import('./lesson-page').then(m => m.LessonPage),
  },
];
