import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { AppUpdates } from '@core/offline/app-updates';

/** Offers to take a newer version of the app, at the foot of the window and for as long as it takes. */
@Component({
  selector: 'lms-update-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './update-banner.scss',
  host: { role: 'status' },
  template: `
    @if (appUpdates.status(); as status) {
      <div>
        @if (status === 'newer') {
          <p i18n>There is a new version of this app.</p>
        } @else {
          <p i18n>This page must be loaded anew to go on.</p>
        }
        <span class="actions">
          <button class="button" type="button" (click)="appUpdates.reload()" i18n>Reload</button>
          <button class="button outlined" type="button" (click)="appUpdates.dismiss()" i18n>
            Later
          </button>
        </span>
      </div>
    }
  `,
})
export class UpdateBanner {
  protected readonly appUpdates = inject(AppUpdates);
}
