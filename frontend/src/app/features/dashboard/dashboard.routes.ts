import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: $localize`My learning`,
    loadComponent: () => import('./dashboard').then(m => m.Dashboard),
  },
];
