import { Routes } from '@angular/router';

import { asksBeforeLeaving } from '@shared/unsaved';
import { QuizPage } from './quiz-page';

// All of the quiz is loaded at once: in the middle of an attempt the network may be away.
export const routes: Routes = [
  { path: ':id', title: $localize`Quiz`, component: QuizPage, canDeactivate: [asksBeforeLeaving] },
];
