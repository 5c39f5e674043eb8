import { Routes } from '@angular/router';

import { unsavedChangesGuard } from '@shared/unsaved-changes';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Profile`,
    canDeactivate: [unsavedChangesGuard],
    loadComponent: () => import('./profile').then(m => m.Profile),
  },
];
