import { DOCUMENT, Injectable, inject } from '@angular/core';
import { SwUpdate } from '@angular/service-worker';

import { Notes } from '@core/notes/notes';

/** Says when a newer version of the app is there; whoever is in the middle of something takes it later. */
@Injectable({ providedIn: 'root' })
export class Versions {
  private readonly updates = inject(SwUpdate);
  private readonly notes = inject(Notes);
  private readonly document = inject(DOCUMENT);

  watch(): void {
    this.updates.versionUpdates.subscribe(({ type }) => {
      if (type === 'VERSION_READY') void this.offer($localize`A new version of this app is there.`);
    });
    this.updates.unrecoverable.subscribe(() => {
      void this.offer($localize`This page must be loaded again to go on.`);
    });
  }

  private async offer(text: string): Promise<void> {
    if (await this.notes.offer(text, $localize`Load it`)) this.document.location.reload();
  }
}
