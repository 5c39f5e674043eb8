import { HttpClient } from '@angular/common/http';
import { DOCUMENT, Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { newKey } from '@core/api/idempotency';
import { PRIVATE } from '@core/auth/device';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { Failures } from '@core/errors/failures';
import { Notes } from '@core/notes/notes';

const RETRIED_AFTER_MS = 5_000; // the network is there before all of it works
const SOME_WAIT = `${PRIVATE}marks`;

/**
 * Marks lessons. Where the network is away a mark waits on the device and goes out when it is back;
 * the last mark of a lesson wins.
 */
@Injectable({ providedIn: 'root' })
export class Marks {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly notes = inject(Notes);
  private readonly failures = inject(Failures);
  private sending = false;

  constructor() {
    inject(DOCUMENT).defaultView?.addEventListener('online', () => void this.sendWaiting());
  }

  /**
   * Marks or clears a lesson; resolves to false where it has to wait.
   *
   * @throws ApiError: the server refused it
   */
  async set(lesson: string, completed: boolean): Promise<boolean> {
    const mark = { lesson, completed, key: newKey() };
    try {
      await this.send(mark);
      return true;
    } catch (error) {
      const user = this.session.user()?.id;
      if (!isAway(error) || !user) throw error;
      const { store } = await import('./store');
      await store.keepMark(user, mark);
      localStorage.setItem(SOME_WAIT, '1');
      return false;
    }
  }

  /** Sends what waits; what the server refuses is said and dropped. */
  async sendWaiting(): Promise<void> {
    const user = this.session.user()?.id;
    if (!user || this.sending || localStorage.getItem(SOME_WAIT) === null) return;
    this.sending = true;
    try {
      const { store } = await import('./store');
      let sent = 0;
      for (const mark of await store.marks(user)) {
        try {
          await this.send(mark);
          sent += 1;
        } catch (error) {
          if (!isRefused(error)) {
            setTimeout(() => void this.sendWaiting(), RETRIED_AFTER_MS);
            return;
          }
          await this.failures.report(error);
        }
        await store.dropMark(user, mark);
      }
      localStorage.removeItem(SOME_WAIT);
      if (sent > 0) await this.notes.say($localize`What you marked while offline is saved.`);
    } finally {
      this.sending = false;
    }
  }

  private send({ lesson, completed, key }: { lesson: string; completed: boolean; key: string }) {
    const headers = { 'Idempotency-Key': key };
    return firstValueFrom(this.http.post('/api/progress/', { lesson, completed }, { headers }));
  }
}

function isAway(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

function isRefused(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
