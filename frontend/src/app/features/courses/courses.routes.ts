import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Courses`,
    data: {
      description: $localize`Browse all courses by category and price, and preview lessons before you enroll.`,
    },
    loadComponent: () => import('./course-list').then(m => m.CourseList),
  },
  { path: ':id', loadComponent: () => import('./course-page').then(m => m.CoursePage) },
];
