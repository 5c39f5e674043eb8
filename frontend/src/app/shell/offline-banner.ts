import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Connection } from '@core/offline/connection';

/** Shows that the app is offline. */
@Component({
  selector: 'lms-offline-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './offline-banner.scss',
  host: { role: 'status' },
  template: `
    @if (!connection.isOnline()) {
      <p i18n>You are offline. You can still read lessons that you have already opened.</p>
    }
  `,
})
export class OfflineBanner {
  protected readonly connection = inject(Connection);
}
