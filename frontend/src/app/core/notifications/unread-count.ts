import { HttpClient } from '@angular/common/http';
import { DOCUMENT, DestroyRef, Injectable, computed, effect, inject, signal } from '@angular/core';

import { Session } from '@core/auth/session';
import { inBackground } from '@core/http/contexts';

const REFRESH_INTERVAL_MS = 60_000;

/** The number of unread notifications, fetched each minute while the page is visible. */
@Injectable({ providedIn: 'root' })
export class UnreadCount {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly document = inject(DOCUMENT);
  private readonly current = signal<number | undefined>(undefined);
  private readonly increases = signal(0);
  readonly count = computed(() => this.current() ?? 0);
  /** Increases whenever the number of unread notifications has grown. */
  readonly arrivals = this.increases.asReadonly();

  constructor() {
    const refresh = () => this.refresh();
    const timer = setInterval(refresh, REFRESH_INTERVAL_MS);
    this.document.addEventListener('visibilitychange', refresh);
    inject(DestroyRef).onDestroy(() => {
      clearInterval(timer);
      this.document.removeEventListener('visibilitychange', refresh);
    });
    effect(() => {
      if (this.session.isSignedIn()) this.refresh();
      else this.current.set(undefined);
    });
  }

  /** Fetches the count while a user is signed in and the page is visible; failures are ignored. */
  refresh(): void {
    if (!this.session.isSignedIn() || this.document.visibilityState === 'hidden') return;
    this.http
      .get<{ unread: number }>('/api/notifications/unread-count/', { context: inBackground() })
      .subscribe({ next: ({ unread }) => this.setCount(unread), error: () => undefined });
  }

  private setCount(unread: number): void {
    if (unread > (this.current() ?? unread)) this.increases.update(count => count + 1);
    this.current.set(unread);
  }
}
