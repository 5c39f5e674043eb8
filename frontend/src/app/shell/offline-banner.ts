import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Connection } from '@core/offline/connection';

/** Says at the head of the page that the network is away, and that it is back. */
@Component({
  selector: 'lms-offline-banner',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './offline-banner.scss',
  host: { role: 'status' },
  template: `
    @if (!connection.isOnline()) {
      <p i18n>You are offline. You can read what you have opened before.</p>
    }
  `,
})
export class OfflineBanner {
  protected readonly connection = inject(Connection);
}
