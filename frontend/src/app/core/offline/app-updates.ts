import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { SwUpdate } from '@angular/service-worker';

const CHECK_INTERVAL_MS = 60 * 60 * 1000;

/** Tells whether a new version of the app is available; the user decides when to load it. */
@Injectable({ providedIn: 'root' })
export class AppUpdates {
  private readonly updates = inject(SwUpdate);
  private readonly document = inject(DOCUMENT);
  private readonly current = signal<'available' | 'broken' | null>(null);
  readonly status = this.current.asReadonly();

  constructor() {
    if (!this.updates.isEnabled) return;
    this.updates.versionUpdates.subscribe(({ type }) => {
      if (type === 'VERSION_READY') this.current.set('available');
    });
    this.updates.unrecoverable.subscribe(() => this.current.set('broken'));
    // The browser checks only when a page is loaded, which an open app never does.
    const check = () => void this.updates.checkForUpdate().catch(() => undefined);
    const timer = setInterval(check, CHECK_INTERVAL_MS);
    inject(DestroyRef).onDestroy(() => clearInterval(timer));
  }

  reload(): void {
    this.document.location.reload();
  }

  dismiss(): void {
    this.current.set(null);
  }
}
