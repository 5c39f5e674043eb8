import { Routes } from '@angular/router';

import { adminGuard, instructorGuard, signedInGuard } from '@core/auth/guards';
import { Unreachable } from './shell/unreachable';

export const routes: Routes = [
  // Comes first, because matching later routes may need chunks that cannot be fetched.
  { path: 'unreachable', title: $localize`No connection`, component: Unreachable },
  {
    path: '',
    pathMatch: 'full',
    title: $localize`Learn at your own pace`,
    data: {
      description: $localize`Find a course, learn at your own pace, and track your progress.`,
    },
    loadComponent: () => import('./features/home/home').then(m => m.Home),
  },
  {
    path: 'courses',
    loadChildren: () => import('./features/courses/courses.routes').then(m => m.routes),
  },
  {
    path: 'learn',
    loadChildren: () => import('./features/learn/learn.routes').then(m => m.routes),
  },
  {
    path: 'dashboard',
    canMatch: [signedInGuard],
    loadChildren: () => import('./features/dashboard/dashboard.routes').then(m => m.routes),
  },
  {
    path: 'quiz',
    canMatch: [signedInGuard],
    loadChildren: () => import('./features/quiz/quiz.routes').then(m => m.routes),
  },
  {
    path: 'studio',
    canMatch: [signedInGuard, instructorGuard],
    loadChildren: () => import('./features/studio/studio.routes').then(m => m.routes),
  },
  {
    path: 'manage',
    canMatch: [signedInGuard, adminGuard],
    loadChildren: () => import('./features/manage/manage.routes').then(m => m.routes),
  },
  {
    path: 'notifications',
    canMatch: [signedInGuard],
    loadChildren: () => import('./features/notifications/notifications.routes').then(m => m.routes),
  },
  {
    path: 'profile',
    canMatch: [signedInGuard],
    loadChildren: () => import('./features/profile/profile.routes').then(m => m.routes),
  },
  { path: '', loadChildren: () => import('./features/account/account.routes').then(m => m.routes) },
  {
    path: 'forbidden',
    title: $localize`Access denied`,
    loadComponent: () => import('./shell/forbidden').then(m => m.Forbidden),
  },
  {
    path: '**',
    title: $localize`Page not found`,
    loadComponent: () => import('./shell/not-found').then(m => m.NotFound),
  },
];
