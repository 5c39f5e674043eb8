import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

@Component({
  selector: 'lms-manage-frame',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <nav class="tabs" aria-label="Management" i18n-aria-label>
        @for (tab of tabs; track tab.path) {
          <a [routerLink]="tab.path" routerLinkActive ariaCurrentWhenActive="page">
            {{ tab.label }}
          </a>
        }
        <a routerLink="/studio" i18n>All courses</a>
      </nav>
      <router-outlet />
    </div>
  `,
})
export class ManageFrame {
  protected readonly tabs = [
    { path: 'users', label: $localize`Users` },
    { path: 'categories', label: $localize`Categories` },
    { path: 'figures', label: $localize`Statistics` },
  ];
}
