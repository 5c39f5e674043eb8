import { Routes } from '@angular/router';

export const routes: Routes = [
  {
    path: '',
    title: $localize`Notifications`,
    loadComponent: () => import('./notification-list').then(m => m.NotificationList),
  },
  {
    path: 'preferences',
    title: $localize`Notification settings`,
    loadComponent: () => import('./preferences').then(m => m.Preferences),
  },
];
