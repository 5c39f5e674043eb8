import { Routes } from '@angular/router';

import { unsavedChangesGuard } from '@shared/unsaved-changes';
import { QuizPage } from './quiz-page';

// The whole feature is loaded at once, because the network may fail during an attempt.
export const routes: Routes = [
  {
    path: ':id',
    title: $localize`Quiz`,
    component: QuizPage,
    canDeactivate: [unsavedChangesGuard],
  },
];
