import { Routes } from '@angular/router';

import { routes as courses } from './courses/courses.routes';
import { routes as quizzes } from './quizzes/quizzes.routes';

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: $localize`Studio`,
    loadComponent: () => import('./courses/course-list').then(m => m.CourseList),
  },
  {
    path: 'courses/:id',
    loadComponent: () => import('./course-frame').then(m => m.CourseFrame),
    children: [{ path: '', pathMatch: 'full', redirectTo: 'outline' }, ...courses, ...quizzes],
  },
];
