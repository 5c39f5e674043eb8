import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    loadComponent: () => import('./manage-frame').then(m => m.ManageFrame),
    children: [
      { path: '', pathMatch: 'full', redirectTo: 'users' },
      {
        path: 'users',
        title: $localize`Users`,
        loadComponent: () => import('./users').then(m => m.Users),
      },
      {
        path: 'categories',
        title: $localize`Categories`,
        loadComponent: () => import('./categories').then(m => m.Categories),
      },
      {
        path: 'figures',
        title: $localize`Statistics`,
        loadComponent: () => import('./figures').then(m => m.Figures),
      },
    ],
  },
];
