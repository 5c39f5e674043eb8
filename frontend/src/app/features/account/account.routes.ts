import { Routes } from '@angular/router';

import { visitor } from './visitor';

export const routes: Routes = [
  {
    path: 'login',
    canActivate: [visitor],
    title: $localize`Sign in`,
    loadComponent: () => import('./login').then(m => m.Login),
  },
  {
    path: 'register',
    canActivate: [visitor],
    title: $localize`Register`,
    loadComponent: () => import('./register').then(m => m.Register),
  },
  {
    path: 'reset',
    title: $localize`Reset your password`,
    loadComponent: () => import('./reset').then(m => m.Reset),
  },
  {
    path: 'verify',
    title: $localize`Confirm your address`,
    loadComponent: () => import('./verify').then(m => m.Verify),
  },
];
