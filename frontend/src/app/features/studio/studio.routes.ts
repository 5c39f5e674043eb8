import { Routes } from '@angular/router';

import { unsavedChangesGuard } from '@shared/unsaved-changes';

export const routes: Routes = [
  {
    path: '',
    pathMatch: 'full',
    title: $localize`Studio`,
    loadComponent: () => import('./courses/course-list').then(m => m.CourseList),
  },
  {
    path: 'courses/:id',
    loadComponent: () => import('./course-layout').then(m => m.CourseLayout),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'outline' },
      {
        path: 'outline',
        title: $localize`Outline`,
        loadComponent: () => import('./courses/outline').then(m => m.OutlinePage),
      },
      {
        path: 'lessons/:lessonId',
        title: $localize`Lesson`,
        canDeactivate: [unsavedChangesGuard],
        loadComponent: () => import('./lessons/lesson-editor').then(m => m.LessonEditor),
      },
      {
        path: 'quizzes',
        title: $localize`Quizzes`,
        loadComponent: () => import('./quizzes/quiz-list').then(m => m.QuizList),
      },
      {
        path: 'quizzes/:quizId',
        title: $localize`Quiz`,
        canDeactivate: [unsavedChangesGuard],
        loadComponent: () => import('./quizzes/quiz-editor').then(m => m.QuizEditor),
      },
      {
        path: 'students',
        title: $localize`Students`,
        loadComponent: () => import('./students/student-list').then(m => m.StudentList),
      },
      {
        path: 'statistics',
        title: $localize`Statistics`,
        loadComponent: () => import('./statistics/statistics').then(m => m.Statistics),
      },
      {
        path: 'settings',
        title: $localize`Settings`,
        canDeactivate: [unsavedChangesGuard],
        loadComponent: () => import('./courses/settings').then(m => m.Settings),
      },
    ],
  },
];
