import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';

/** Tells whether the browser considers itself online. */
@Injectable({ providedIn: 'root' })
export class Connection {
  private readonly window = inject(DOCUMENT).defaultView;
  private readonly current = signal(this.window?.navigator.onLine ?? true);
  readonly isOnline = this.current.asReadonly();

  constructor() {
    const update = () => this.current.set(this.window?.navigator.onLine ?? true);
    for (const change of ['online', 'offline']) this.window?.addEventListener(change, update);
    inject(DestroyRef).onDestroy(() => {
      for (const change of ['online', 'offline']) this.window?.removeEventListener(change, update);
    });
  }
}
