import { Routes } from '@angular/router';

import { unsavedChangesGuard } from '@shared/unsaved-changes';
import { QuizPage } from './quiz-page';

// All of the quiz is loaded at once: in the middle of an attempt the network may be away.
export const routes: Routes = [
  {
    path: ':id',
    title: $localize`Quiz`,
    component: QuizPage,
    canDeactivate: [unsavedChangesGuard],
  },
];
