import { HttpClient } from '@angular/common/http';
import { DOCUMENT, DestroyRef, Injectable, effect, inject, signal, untracked } from '@angular/core';
import { Subject, firstValueFrom } from 'rxjs';

import { newIdempotencyKey } from '@core/api/idempotency';
import { PRIVATE_PREFIX } from '@core/auth/private-data';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { inBackground } from '@core/http/contexts';
import { Snackbar } from '@core/snackbar/snackbar';
import { Connection } from './connection';
import type { CompletionChange, PendingCompletion } from './offline-store';

const RETRIED_AFTER_MS = 5_000; // the network is there before all of it works
const LOCK = 'lms.marks';
/** What the server may yet take: it wants to know who asks, is still at it, or is busy. */
const FOR_LATER = [401, 409, 429];

/**
 * Marks lessons. Where the network is away a mark waits on the device and goes out when it is back;
 * the last mark of a lesson wins.
 */
@Injectable({ providedIn: 'root' })
export class LessonCompletions {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  private readonly connection = inject(Connection);
  private readonly kept = signal<readonly PendingCompletion[]>([]);
  private last = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Those that the server has not heard of, the last one of each lesson. */
  readonly pending = this.kept.asReadonly();
  /** Each that the server has just heard of. */
  readonly synced = new Subject<CompletionChange>();

  constructor() {
    const window = inject(DOCUMENT).defaultView;
    const send = () => void this.sendPending();
    window?.addEventListener('online', send);
    inject(DestroyRef).onDestroy(() => {
      window?.removeEventListener('online', send);
      clearTimeout(this.timer);
    });
    effect(() => {
      this.session.user();
      untracked(send); // also for whoever signs in again after their session has ended
    });
  }

  /**
   * Marks or clears a lesson; resolves to false where it has to wait.
   *
   * @throws ApiError: the server refused it, or it can neither be sent nor kept
   */
  async set(lesson: string, completed: boolean): Promise<boolean> {
    let isSent = true;
    await this.inTurn(async () => {
      const mark = { lesson, completed, key: newIdempotencyKey() };
      try {
        await this.send(mark);
      } catch (error) {
        if (!isOffline(error)) throw error;
        await this.keep(mark).catch(() => {
          throw error;
        });
        isSent = false;
        return;
      }
      await this.dropOlder(lesson);
    });
    return isSent;
  }

  /** Sends what waits; what the server refuses is said and dropped. */
  sendPending(): Promise<void> {
    return this.inTurn(() => this.sendAll());
  }

  private async sendAll(): Promise<void> {
    const user = this.session.user()?.id;
    if (!user || localStorage.getItem(someWait(user)) === null) {
      this.kept.set([]);
      return;
    }
    const { offlineStore: store } = await import('./offline-store');
    const waiting = await store.completions(user);
    this.kept.set(waiting);
    for (const mark of waiting) {
      try {
        await this.send(mark);
      } catch (error) {
        if (!isRefused(error)) {
          this.tryLater();
          return;
        }
        await this.sayRefused(user, mark, error);
      }
      await store.deleteCompletion(user, mark);
      this.kept.update(marks => marks.filter(one => one !== mark));
    }
    localStorage.removeItem(someWait(user));
  }

  /** What the browser knows to be offline is sent when it says that it no longer is. */
  private tryLater(): void {
    clearTimeout(this.timer);
    if (!this.connection.isOnline()) return;
    this.timer = setTimeout(() => void this.sendPending(), RETRIED_AFTER_MS);
  }

  private async send({ lesson, completed, key }: PendingCompletion): Promise<void> {
    const options = { headers: { 'Idempotency-Key': key }, context: inBackground() };
    await firstValueFrom(this.http.post('/api/progress/', { lesson, completed }, options));
    this.synced.next({ lesson, completed });
  }

  /** @throws where nobody is signed in, or this browser keeps nothing */
  private async keep(mark: PendingCompletion): Promise<void> {
    const user = this.session.user()?.id;
    if (!user) throw new Error('Nobody is signed in.');
    const { offlineStore: store } = await import('./offline-store');
    await store.saveCompletion(user, mark);
    localStorage.setItem(someWait(user), '1');
    this.kept.set(await store.completions(user));
  }

  private async dropOlder(lesson: string): Promise<void> {
    const user = this.session.user()?.id;
    if (!user || localStorage.getItem(someWait(user)) === null) return;
    const { offlineStore: store } = await import('./offline-store');
    await store.deleteCompletionsOf(user, lesson);
    this.kept.set(await store.completions(user));
  }

  private async sayRefused(user: string, mark: PendingCompletion, error: ApiError): Promise<void> {
    const { offlineStore: store } = await import('./offline-store');
    const title = (await store.lesson(user, mark.lesson))?.title ?? $localize`A lesson`;
    await this.snackbar.showError(
      $localize`“${title}:title:” could not be marked: ${error.message}:message:`,
    );
  }

  /** Runs it when nothing else does, in any tab; a page without a secure origin has no locks. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const locks = navigator.locks as LockManager | undefined;
    if (locks) return locks.request(LOCK, work);
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}

/** That some of somebody's marks wait, so that the store is loaded for those alone. */
function someWait(user: string): string {
  return `${PRIVATE_PREFIX}marks.${user}`;
}

/** Says whether nobody answered, rather than refused. */
export function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

function isRefused(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.status >= 400 &&
    error.status < 500 &&
    !FOR_LATER.includes(error.status)
  );
}
