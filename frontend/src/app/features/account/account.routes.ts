import { Routes } from '@angular/router';

import { signedOutGuard } from '@core/auth/guards';

export const routes: Routes = [
  {
    path: 'login',
    canMatch: [signedOutGuard],
    title: $localize`Sign in`,
    data: {
      description: $localize`Sign in to continue your courses where you left off.`,
    },
    loadComponent: () => import('./login').then(m => m.Login),
  },
  {
    path: 'register',
    canMatch: [signedOutGuard],
    title: $localize`Register`,
    data: {
      description: $localize`Create an account to enroll in courses and track your progress.`,
    },
    loadComponent: () => import('./register').then(m => m.Register),
  },
  {
    path: 'reset',
    title: $localize`Reset your password`,
    loadComponent: () => import('./reset').then(m => m.Reset),
  },
  {
    path: 'verify',
    title: $localize`Confirm your email address`,
    loadComponent: () => import('./verify').then(m => m.Verify),
  },
];
