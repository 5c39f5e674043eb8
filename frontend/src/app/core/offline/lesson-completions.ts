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

const RETRY_DELAY_MS = 5_000; // Requests may still fail just after the browser goes online.
const LOCK = 'lms.marks';
/** Statuses worth a retry: signed out, still being processed, or rate limited. */
const RETRYABLE_STATUSES = [401, 409, 429];

/**
 * Marks lessons as completed or not. Offline changes are stored on the device and sent later; only
 * the last change of each lesson is kept.
 */
@Injectable({ providedIn: 'root' })
export class LessonCompletions {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  private readonly connection = inject(Connection);
  private readonly pendingChanges = signal<readonly PendingCompletion[]>([]);
  private lastTask = Promise.resolve();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Changes not sent yet, at most one per lesson. */
  readonly pending = this.pendingChanges.asReadonly();
  /** Emits each change that the server has accepted. */
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
      untracked(send); // This includes signing in again after the session expired.
    });
  }

  /**
   * Marks a lesson; resolves to false if the change is stored to be sent later.
   *
   * @throws ApiError: the server rejected the change, or it can be neither sent nor stored
   */
  async set(lesson: string, completed: boolean): Promise<boolean> {
    let isSent = true;
    await this.withLock(async () => {
      const change = { lesson, completed, key: newIdempotencyKey() };
      try {
        await this.send(change);
      } catch (error) {
        if (!isOffline(error)) throw error;
        await this.store(change).catch(() => {
          throw error;
        });
        isSent = false;
        return;
      }
      await this.discardOlder(lesson);
    });
    return isSent;
  }

  /** Sends pending changes; rejected ones are reported and discarded. */
  sendPending(): Promise<void> {
    return this.withLock(() => this.sendAll());
  }

  private async sendAll(): Promise<void> {
    const user = this.session.user()?.id;
    if (!user || localStorage.getItem(pendingKey(user)) === null) {
      this.pendingChanges.set([]);
      return;
    }
    const { offlineStore: store } = await import('./offline-store');
    const pending = await store.completions(user);
    this.pendingChanges.set(pending);
    for (const change of pending) {
      try {
        await this.send(change);
      } catch (error) {
        if (!isRejected(error)) {
          this.scheduleRetry();
          return;
        }
        await this.reportRejected(user, change, error);
      }
      await store.deleteCompletion(user, change);
      this.pendingChanges.update(changes => changes.filter(other => other !== change));
    }
    localStorage.removeItem(pendingKey(user));
  }

  /** While the browser is offline, its `online` event triggers the retry instead. */
  private scheduleRetry(): void {
    clearTimeout(this.timer);
    if (!this.connection.isOnline()) return;
    this.timer = setTimeout(() => void this.sendPending(), RETRY_DELAY_MS);
  }

  private async send({ lesson, completed, key }: PendingCompletion): Promise<void> {
    const options = { headers: { 'Idempotency-Key': key }, context: inBackground() };
    await firstValueFrom(this.http.post('/api/progress/', { lesson, completed }, options));
    this.synced.next({ lesson, completed });
  }

  /** @throws Error: no user is signed in, or the browser stores nothing */
  private async store(change: PendingCompletion): Promise<void> {
    const user = this.session.user()?.id;
    if (!user) throw new Error('No user is signed in.');
    const { offlineStore: store } = await import('./offline-store');
    await store.saveCompletion(user, change);
    localStorage.setItem(pendingKey(user), '1');
    this.pendingChanges.set(await store.completions(user));
  }

  private async discardOlder(lesson: string): Promise<void> {
    const user = this.session.user()?.id;
    if (!user || localStorage.getItem(pendingKey(user)) === null) return;
    const { offlineStore: store } = await import('./offline-store');
    await store.deleteCompletionsOf(user, lesson);
    this.pendingChanges.set(await store.completions(user));
  }

  private async reportRejected(
    user: string,
    change: PendingCompletion,
    error: ApiError,
  ): Promise<void> {
    const { offlineStore: store } = await import('./offline-store');
    const title = (await store.lesson(user, change.lesson))?.title ?? $localize`A lesson`;
    await this.snackbar.showError(
      $localize`Could not update “${title}:title:”: ${error.message}:message:`,
    );
  }

  /** Runs tasks one at a time across tabs; insecure origins have no locks. */
  private withLock(task: () => Promise<void>): Promise<void> {
    const locks = navigator.locks as LockManager | undefined;
    if (locks) return locks.request(LOCK, task);
    const done = this.lastTask.then(task);
    this.lastTask = done.catch(() => undefined);
    return done;
  }
}

/** Key of the flag that the user has pending changes; without it the store need not be loaded. */
function pendingKey(user: string): string {
  return `${PRIVATE_PREFIX}marks.${user}`;
}

/** Tells whether the server could not be reached. */
export function isOffline(error: unknown): boolean {
  return error instanceof ApiError && error.status === 0;
}

function isRejected(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.status >= 400 &&
    error.status < 500 &&
    !RETRYABLE_STATUSES.includes(error.status)
  );
}
