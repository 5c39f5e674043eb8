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

/** A message between tabs. */
type TabMessage = { kind: 'signed-in'; user: string } | { kind: 'signed-out' };

const COOKIE_MODE = { 'X-Auth-Mode': 'cookie' };
const HAS_SESSION_KEY = 'lms.session';
const USER_KEY = `${PRIVATE_PREFIX}user`; // Identifies the user while the app is offline.
const LOCK = 'lms.session';
const RENEWAL_MARGIN_MS = 60_000;

/**
 * The session of the current user. The access token stays in memory. The refresh token is in a
 * cookie that scripts cannot read; tabs take turns using it, because reuse ends the session.
 */
@Injectable({ providedIn: 'root' })
export class Session {
  private readonly http = inject(HttpClient);
  private readonly tabs = new BroadcastChannel('lms.session');
  private readonly accessToken = signal<string | null>(null);
  private readonly currentUser = signal<User | null>(null);
  private restoring: Promise<void> | null = null;
  private renewing: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  readonly user = this.currentUser.asReadonly();
  readonly token = this.accessToken.asReadonly();
  /** Emits when another tab signed out or signed in as a different user, so the page is stale. */
  readonly changedElsewhere = new Subject<void>();
  readonly isSignedIn = computed(() => this.currentUser() !== null);
  readonly isInstructor = computed(() => !!this.currentUser()?.is_instructor || this.isAdmin());
  readonly isAdmin = computed(() => !!this.currentUser()?.is_admin);

  constructor() {
    this.tabs.onmessage = ({ data }: MessageEvent<TabMessage>) => void this.onMessage(data);
    inject(DestroyRef).onDestroy(() => {
      this.tabs.close();
      clearTimeout(this.timer);
    });
  }

  /**
   * Resolves once the app knows whether a user is signed in; after a reload there is no token yet.
   * While the server cannot be reached, the last user stays signed in without a token.
   */
  whenReady(): Promise<void> {
    if (this.token() !== null || localStorage.getItem(HAS_SESSION_KEY) === null) {
      return Promise.resolve();
    }
    return (this.restoring ??= this.renew()
      .catch(() => this.currentUser.update(user => user ?? lastUser()))
      .finally(() => (this.restoring = null)));
  }

  /** @throws ApiError: the credentials are wrong or the rate limit is reached */
  async signIn(credentials: { username: string; password: string }): Promise<void> {
    await this.begin('/api/auth/login/', credentials);
  }

  /** @throws ApiError: a field is invalid */
  async register(registration: ApiRequest<'Registration'>): Promise<void> {
    await this.begin('/api/auth/registration/', registration);
  }

  /**
   * Gets a new access token; concurrent calls share one request. If the server rejects the refresh
   * token, the session ends in this tab.
   *
   * @throws ApiError: the server could not be reached, so the session may still be valid
   */
  renew(): Promise<void> {
    return (this.renewing ??= withLock(() => this.refresh()).finally(() => (this.renewing = null)));
  }

  /** Ends the session in all tabs and on the server. */
  async signOut(): Promise<void> {
    try {
      await withLock(() => this.post('/api/auth/logout/', {}));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 401)) throw error;
    }
    this.signOutHere();
    this.broadcast({ kind: 'signed-out' });
  }

  /** Replaces the current user after a change. */
  update(user: User): void {
    this.currentUser.set(user);
    localStorage.setItem(USER_KEY, JSON.stringify(user));
  }

  private async begin(url: string, body: object): Promise<void> {
    const response = await withLock(() => this.post<SignedIn>(url, body));
    this.start(response);
    this.broadcast({ kind: 'signed-in', user: response.user.id });
  }

  private async refresh(): Promise<void> {
    try {
      this.start(await this.post<SignedIn>('/api/auth/token/refresh/', {}));
    } catch (error) {
      const isOver = error instanceof ApiError && [400, 401, 403].includes(error.status);
      if (!isOver) throw error;
      this.end();
    }
  }

  private post<Body>(url: string, body: object): Promise<Body> {
    return firstValueFrom(
      this.http.post<Body>(url, body, {
        headers: COOKIE_MODE,
        context: withoutToken(),
        keepalive: true, // Otherwise a reload during the request would lose the new cookie.
      }),
    );
  }

  private start({ access, user }: SignedIn): void {
    this.accessToken.set(access);
    this.update(user);
    localStorage.setItem(HAS_SESSION_KEY, '1');
    clearTimeout(this.timer);
    const due = lifetimeMs(access) - RENEWAL_MARGIN_MS;
    if (due > 0) this.timer = setTimeout(() => void this.renew().catch(() => undefined), due);
  }

  /** Signing out clears private data; an expired session keeps changes that are not synced yet. */
  private signOutHere(): void {
    this.end();
    clearPrivateData();
  }

  private end(): void {
    clearTimeout(this.timer);
    this.accessToken.set(null);
    this.currentUser.set(null);
    localStorage.removeItem(HAS_SESSION_KEY);
    localStorage.removeItem(USER_KEY);
  }

  private broadcast(message: TabMessage): void {
    this.tabs.postMessage(message);
  }

  private async onMessage(message: TabMessage): Promise<void> {
    if (message.kind === 'signed-in') {
      if (message.user === this.currentUser()?.id) return;
      await this.renew().catch(() => undefined);
    } else this.signOutHere();
    this.changedElsewhere.next();
  }
}

function lastUser(): User | null {
  return JSON.parse(localStorage.getItem(USER_KEY) ?? 'null') as User | null;
}

/** Runs the task while no other tab runs one; insecure origins have no locks. */
function withLock<Result>(task: () => Promise<Result>): Promise<Result> {
  const locks = navigator.locks as LockManager | undefined;
  return locks ? locks.request(LOCK, task) : task();
}

/** Returns the lifetime that the token states, because the device's clock may be wrong. */
function lifetimeMs(token: string): number {
  const payload = (token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/');
  try {
    const { exp, iat } = JSON.parse(atob(payload)) as { exp: number; iat: number };
    return (exp - iat) * 1000;
  } catch {
    return 0; // An unreadable token is renewed after a 401.
  }
}
