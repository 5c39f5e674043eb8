import { HttpClient } from '@angular/common/http';
import { DestroyRef, Injectable, computed, inject, signal } from '@angular/core';
import { Subject, firstValueFrom } from 'rxjs';

import { ApiRequest, User } from '@core/api/models';
import { ApiError } from '@core/errors/api-error';
import { withoutToken } from '@core/http/contexts';
import { PRIVATE_PREFIX, clearPrivateData } from './private-data';

interface SignedIn {
  readonly access: string;
  readonly user: User;
}

/** What tabs tell each other. */
type News = { kind: 'signed-in'; user: string } | { kind: 'signed-out' };

const COOKIE_MODE = { 'X-Auth-Mode': 'cookie' };
const MAY_BE_SIGNED_IN = 'lms.session';
const WHO = `${PRIVATE_PREFIX}user`; // to know it while the network is away
const LOCK = 'lms.session';
const RENEWED_BEFORE_END_MS = 60_000;

/**
 * Who is signed in. The access token is in memory only; the refresh token is in a cookie that no
 * script reads, and is shown by one tab at a time, for showing it twice ends the session.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly tabs = new BroadcastChannel('lms.session');
  private readonly access = signal<string | null>(null);
  private readonly known = signal<User | null>(null);
  private restoring: Promise<void> | null = null;
  private renewing: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly user = this.known.asReadonly();
  readonly token = this.access.asReadonly();
  /** Another tab has signed out, or somebody else in: what the page shows was another's. */
  readonly changedElsewhere = new Subject<void>();
  readonly isSignedIn = computed(() => this.known() !== null);
  readonly isInstructor = computed(() => !!this.known()?.is_instructor || this.isAdmin());
  readonly isAdmin = computed(() => !!this.known()?.is_admin);

  constructor() {
    this.tabs.onmessage = ({ data }: MessageEvent<News>) => void this.hear(data);
    inject(DestroyRef).onDestroy(() => {
      this.tabs.close();
      clearTimeout(this.timer);
    });
  }

  /**
   * Resolves when it is known whether somebody is signed in; a reload has no token yet. Where the
   * server is away, whoever was signed in still is, and has no token until it is back.
   */
  whenReady(): Promise<void> {
    if (this.token() !== null || localStorage.getItem(MAY_BE_SIGNED_IN) === null) {
      return Promise.resolve();
    }
    return (this.restoring ??= this.renew()
      .catch(() => this.known.update(known => known ?? lastUser()))
      .finally(() => (this.restoring = null)));
  }

  /** @throws ApiError: wrong name or password, or too many tries */
  async signIn(given: { username: string; password: string }): Promise<void> {
    await this.begin('/api/auth/login/', given);
  }

  /** @throws ApiError: what is wrong with which field */
  async register(given: ApiRequest<'Registration'>): Promise<void> {
    await this.begin('/api/auth/registration/', given);
  }

  /**
   * Gets a new access token; one request at a time, however many ask. A refused one ends the
   * session here.
   *
   * @throws ApiError: the server could not be asked, so the session may still live
   */
  renew(): Promise<void> {
    return (this.renewing ??= inTurn(() => this.refresh()).finally(() => (this.renewing = null)));
  }

  /** Ends the session here, in all tabs, and on the server. */
  async signOut(): Promise<void> {
    try {
      await inTurn(() => this.post('/api/auth/logout/', {}));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
    }
    this.leave();
    this.tell({ kind: 'signed-out' });
  }

  /** Takes over what one changed of oneself. */
  update(user: User): void {
    this.known.set(user);
    localStorage.setItem(WHO, JSON.stringify(user));
  }

  private async begin(url: string, given: object): Promise<void> {
    const answer = await inTurn(() => this.post<SignedIn>(url, given));
    this.take(answer);
    this.tell({ kind: 'signed-in', user: answer.user.id });
  }

  private async refresh(): Promise<void> {
    try {
      this.take(await this.post<SignedIn>('/api/auth/token/refresh/', {}));
    } catch (error) {
      const isOver = error instanceof ApiError && [400, 401, 403].includes(error.status);
      if (!isOver) throw error;
      this.end();
    }
  }

  private post<Answer>(url: string, body: object): Promise<Answer> {
    return firstValueFrom(
      this.http.post<Answer>(url, body, {
        headers: COOKIE_MODE,
        context: withoutToken(),
        keepalive: true, // a reload in the middle would lose the new cookie
      }),
    );
  }

  private take({ access, user }: SignedIn): void {
    this.access.set(access);
    this.update(user);
    localStorage.setItem(MAY_BE_SIGNED_IN, '1');
    clearTimeout(this.timer);
    const due = lifetimeMs(access) - RENEWED_BEFORE_END_MS;
    if (due > 0) this.timer = setTimeout(() => void this.renew().catch(() => undefined), due);
  }

  /** Signing out leaves nothing behind; a session that merely ends keeps what one has not sent yet. */
  private leave(): void {
    this.end();
    clearPrivateData();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.access.set(null);
    this.known.set(null);
    localStorage.removeItem(MAY_BE_SIGNED_IN);
    localStorage.removeItem(WHO);
  }

  private tell(news: News): void {
    this.tabs.postMessage(news);
  }

  private async hear(news: News): Promise<void> {
    if (news.kind === 'signed-in') {
      if (news.user === this.known()?.id) return;
      await this.renew().catch(() => undefined);
    } else this.leave();
    this.changedElsewhere.next();
  }
}

function lastUser(): User | null {
  return JSON.parse(localStorage.getItem(WHO) ?? 'null') as User | null;
}

/** Runs it when no other tab does such a thing; a page without a secure origin has no locks. */
function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? locks.request(LOCK, work) : work();
}

/** The token's own lifetime, for the device's clock may be wrong. */
function lifetimeMs(token: string): number {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  try {
    const { exp, iat } = JSON.parse(atob(payload)) as { exp: number; iat: number };
    return (exp - iat) * 1000;
  } catch {
    return 0; // unreadable: it is renewed when it is refused
  }
}
