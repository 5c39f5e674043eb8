import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';

/** Whether the device has a network, as far as the browser knows. */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly window = inject(DOCUMENT).defaultView;
  private readonly known = signal(this.window?.navigator.onLine ?? true);
  readonly isOnline = this.known.asReadonly();

  constructor() {
    const tell = () => this.known.set(this.window?.navigator.onLine ?? true);
    for (const change of ['online', 'offline']) this.window?.addEventListener(change, tell);
    inject(DestroyRef).onDestroy(() => {
      for (const change of ['online', 'offline']) this.window?.removeEventListener(change, tell);
    });
  }
}
