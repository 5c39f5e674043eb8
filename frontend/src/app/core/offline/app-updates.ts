import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { SwUpdate } from '@angular/service-worker';

const LOOKED_FOR_EVERY_MS = 60 * 60 * 1000;

/** Whether a newer version of the app is there; whoever is in the middle of something takes it later. */
@Injectable({ providedIn: 'root' })
export class AppUpdates {
  private readonly updates = inject(SwUpdate);
  private readonly document = inject(DOCUMENT);
  private readonly known = signal<'newer' | 'broken' | null>(null);
  readonly status = this.known.asReadonly();

  constructor() {
    if (!this.updates.isEnabled) return;
    this.updates.versionUpdates.subscribe(({ type }) => {
      if (type === 'VERSION_READY') this.known.set('newer');
    });
    this.updates.unrecoverable.subscribe(() => this.known.set('broken'));
    // The browser looks by itself only when a page is loaded, and an open app loads none.
    const look = () => void this.updates.checkForUpdate().catch(() => undefined);
    const timer = setInterval(look, LOOKED_FOR_EVERY_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  reload(): void {
    this.document.location.reload();
  }

  dismiss(): void {
    this.known.set(null);
  }
}
