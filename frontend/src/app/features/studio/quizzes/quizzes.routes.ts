import { Routes } from '@angular/router';

/** What is asked in a course, and how its students do. */
export const routes: Routes = [];
