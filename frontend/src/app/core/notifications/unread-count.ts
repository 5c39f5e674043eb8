import { HttpClient } from '@angular/common/http';
import { DOCUMENT, DestroyRef, Injectable, computed, effect, inject, signal } from '@angular/core';

import { Session } from '@core/auth/session';
import { inBackground } from '@core/http/contexts';

const ASKED_EVERY_MS = 60_000;

/** How many notifications wait; asked for each minute while the page is seen, and when it is seen again. */
@Injectable({ providedIn: 'root' })
export class UnreadCount {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly document = inject(DOCUMENT);
  private readonly known = signal<number | undefined>(undefined);
  private readonly rises = signal(0);
  readonly count = computed(() => this.known() ?? 0);
  /** Goes up when more wait than before. */
  readonly arrivals = this.rises.asReadonly();

  constructor() {
    const ask = () => this.refresh();
    const timer = setInterval(ask, ASKED_EVERY_MS);
    this.document.addEventListener('visibilitychange', ask);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      this.document.removeEventListener('visibilitychange', ask);
    });
    effect(() => {
      if (this.session.isSignedIn()) this.refresh();
      else this.known.set(undefined);
    });
  }

  /** Asks the server, where somebody is signed in and looks; a failure is tried again with the next. */
  refresh(): void {
    if (!this.session.isSignedIn() || this.document.visibilityState === 'hidden') return;
    this.http
      .get<{ unread: number }>('/api/notifications/unread-count/', { context: inBackground() })
      .subscribe({ next: ({ unread }) => this.learn(unread), error: () => undefined });
  }

  private learn(unread: number): void {
    if (unread > (this.known() ?? unread)) this.rises.update(rises => rises + 1);
    this.known.set(unread);
  }
}
