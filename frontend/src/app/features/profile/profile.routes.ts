import { Routes } from '@angular/router';

import { asksBeforeLeaving } from '@shared/unsaved';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Profile`,
    canDeactivate: [asksBeforeLeaving],
    loadComponent: () => import('./profile').then(m => m.Profile),
  },
];
