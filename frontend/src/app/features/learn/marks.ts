import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';
import { Subject } from 'rxjs';

import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { Notes } from '@core/notes/notes';
import { Mark } from './learn-models';
import { LessonsApi, isAway } from './lessons-api';
import { Offline, WaitingMark } from './offline';

const LOCK = 'lms.learn.marks';

/** Tells the server which lessons are completed, and keeps what it cannot be told yet. */
@Injectable({ providedIn: 'root' })
export class Marks {
  private readonly api = inject(LessonsApi);
  private readonly offline = inject(Offline);
  private readonly session = inject(Session);
  private readonly notes = inject(Notes);
  private last = Promise.resolve();
  private readonly kept = signal<readonly WaitingMark[]>([]);

  /** Those that the server has not heard of, the last one of each lesson. */
  readonly waiting = this.kept.asReadonly();
  /** Each that the server has just heard of. */
  readonly heard = new Subject<Mark>();

  constructor() {
    const window = inject(DOCUMENT).defaultView;
    const send = () => void this.send();
    window?.addEventListener('online', send);
    inject(DestroyRef).onDestroy(() => window?.removeEventListener('online', send));
  }

  /**
   * Tells the server or, where it is away, keeps the mark until it is back.
   *
   * @throws ApiError: it was refused, or can neither be told nor kept
   */
  mark(mark: Mark): Promise<void> {
    return this.inTurn(async () => {
      const key = newKey();
      try {
        await this.api.mark(mark, key);
        this.heard.next(mark);
        await this.offline.dropMarksOf(mark.lesson);
      } catch (error) {
        if (!isAway(error)) throw error;
        await this.offline.keepMark({ ...mark, key }).catch(() => {
          throw error;
        });
      }
      await this.look();
    });
  }

  /** Sends what waits; what is refused is said and dropped. */
  send(): Promise<void> {
    return this.inTurn(async () => {
      for (const mark of this.session.isSignedIn() ? await this.offline.marks() : []) {
        try {
          await this.api.mark(mark, mark.key);
          this.heard.next(mark);
        } catch (error) {
          if (!isFinal(error)) break;
          await this.sayRefused(mark, error);
        }
        await this.offline.dropMark(mark);
      }
      await this.look();
    });
  }

  /** Forgets all that lies on the device. */
  async forget(): Promise<void> {
    await this.offline.clear();
    await this.look();
  }

  /** Runs it when nothing else does, in any tab; a page without a secure origin has no locks. */
  private inTurn(work: () => Promise<void>): Promise<void> {
    const locks = navigator.locks as LockManager | undefined;
    if (locks) return locks.request(LOCK, work);
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }

  private async look(): Promise<void> {
    this.kept.set(await this.offline.marks());
  }

  private async sayRefused(mark: WaitingMark, error: ApiError): Promise<void> {
    const title = (await this.offline.lesson(mark.lesson))?.title ?? $localize`A lesson`;
    await this.notes.warn(
      $localize`“${title}:title:” could not be marked: ${error.message}:message:`,
    );
  }
}

/** What the server may yet take: it is busy, is still at it, or wants to know who asks. */
const FOR_LATER = [401, 409, 429];

/** Says whether asking again would change nothing. */
function isFinal(error: unknown): error is ApiError {
  return (
    error instanceof ApiError &&
    error.status >= 400 &&
    error.status < 500 &&
    !FOR_LATER.includes(error.status)
  );
}

/** `randomUUID` is for secure origins only. */
function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('');
}
