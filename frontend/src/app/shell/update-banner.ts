import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { AppUpdates } from '@core/offline/app-updates';

/** Offers to load a new version of the app, until it is loaded or dismissed. */
@Component({
  selector: 'lms-update-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './update-banner.scss',
  host: { role: 'status' },
  template: `
    @if (appUpdates.status(); as status) {
      <div>
        @if (status === 'available') {
          <p i18n>A new version is available.</p>
        } @else {
          <p i18n>Reload the page to continue.</p>
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
