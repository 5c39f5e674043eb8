import { Routes } from '@angular/router';

/** A course and its lessons, as their author sees them. */
export const routes: Routes = [
  {
    path: 'outline',
    title: $localize`Outline`,
    loadComponent: () => import('./outline').then(m => m.Outline),
  },
];
