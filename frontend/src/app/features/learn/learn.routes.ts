import { Routes } from '@angular/router';

const loadComponent = () => import('./lesson-page').then(m => m.LessonPage);

export const routes: Routes = [
  { path: ':course', title: $localize`Lesson`, loadComponent },
  { path: ':course/:lesson', title: $localize`Lesson`, loadComponent },
];
