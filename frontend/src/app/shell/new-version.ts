import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Versions } from '@core/offline/versions';

/** Offers to take a newer version of the app, at the foot of the window and for as long as it takes. */
@Component({
  selector: 'lms-new-version',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './new-version.scss',
  host: { role: 'status' },
  template: `
    @if (versions.news(); as news) {
      <div>
        @if (news === 'newer') {
          <p i18n>There is a new version of this app.</p>
        } @else {
          <p i18n>This page must be loaded anew to go on.</p>
        }
        <span class="actions">
          <button class="button" type="button" (click)="versions.reload()" i18n>Reload</button>
          <button class="button outlined" type="button" (click)="versions.later()" i18n>
            Later
          </button>
        </span>
      </div>
    }
  `,
})
export class NewVersion {
  protected readonly versions = inject(Versions);
}
