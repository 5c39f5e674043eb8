import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Courses`,
    data: {
      description: $localize`All courses, by subject and price: see what each one teaches, and try some lessons before you enrol.`,
    },
    loadComponent: () => import('./course-list').then(m => m.CourseList),
  },
  { path: ':id', loadComponent: () => import('./course-page').then(m => m.CoursePage) },
];
