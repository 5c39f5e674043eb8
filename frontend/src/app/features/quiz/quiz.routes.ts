import { Routes } from '@angular/router';

import { asksBeforeLeaving } from '@shared/unsaved';

export const routes: Routes = [
  {
    path: ':id',
    title: $localize`Quiz`,
    canDeactivate: [asksBeforeLeaving],
    loadComponent: () => import('./quiz-page').then(m => m.QuizPage),
  },
];
