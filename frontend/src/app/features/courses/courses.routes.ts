import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Courses`,
    loadComponent: () => import('./course-list').then(m => m.CourseList),
  },
  { path: ':id', loadComponent: () => import('./course-page').then(m => m.CoursePage) },
];
