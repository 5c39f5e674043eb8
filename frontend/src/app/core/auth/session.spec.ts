import { provideHttpClient, withInterceptors } from '@angular/common/http';
import {
  HttpTestingController,
  TestRequest,
  provideHttpClientTesting,
} from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { User } from '@core/api/models';
import { ApiError } from '@core/errors/api-error';
import { errorInterceptor } from '@core/http/error-interceptor';
import { Session } from './session';

const ADA = { id: 'a'.repeat(24), username: 'ada', is_instructor: false, is_admin: false };
const REFRESH = '/api/auth/token/refresh/';
const LOGOUT = '/api/auth/logout/';

function token(seconds: number, name = 'x'): string {
  const now = 1_700_000_000;
  return `h.${btoa(JSON.stringify({ iat: now, exp: now + seconds, name }))}.s`;
}

function signedIn(user: object = {}, access = token(900)) {
  return { access, user: { ...ADA, ...user } };
}

describe('Session', () => {
  let http: HttpTestingController;

  function open(): Session {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
      ],
    });
    http = TestBed.inject(HttpTestingController);
    return TestBed.inject(Session);
  }

  /** Waits for the request, which may have to wait for the lock. */
  async function sent(url: string): Promise<TestRequest> {
    return vi.waitFor(() => http.expectOne(url));
  }

  async function openAs(user: object = {}, access = token(900)): Promise<Session> {
    const session = open();
    const done = session.signIn({ username: 'ada', password: 'secret' });
    (await sent('/api/auth/login/')).flush(signedIn(user, access));
    await done;
    return session;
  }

  beforeEach(() => localStorage.clear());
  afterEach(() => {
    http.verify();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  it('sends no request for a visitor', async () => {
    const session = open();
    await session.whenReady();

    expect(session.isSignedIn()).toBe(false);
  });

  it('signs in and keeps the token in memory only', async () => {
    const session = await openAs();

    expect(session.user()?.username).toBe('ada');
    expect(session.token()).toBe(token(900));
    expect(JSON.stringify({ ...localStorage })).not.toContain(token(900));
  });

  it('requests the refresh token as a cookie and survives a reload', async () => {
    const session = open();
    const done = session.register({
      username: 'ada',
      email: 'ada@example.org',
      password1: 'secret',
      password2: 'secret',
    });
    const { request, flush } = bound(await sent('/api/auth/registration/'));
    flush(signedIn());
    await done;

    expect(request.headers.get('X-Auth-Mode')).toBe('cookie');
    expect(request.keepalive).toBe(true);
    expect(session.isSignedIn()).toBe(true);
  });

  it('reports why signing in was refused', async () => {
    const session = open();
    const done = session.signIn({ username: 'ada', password: 'wrong' });
    (await sent('/api/auth/login/')).flush(
      { detail: 'No.', code: 'invalid_credentials' },
      { status: 401, statusText: '' },
    );

    await expect(done).rejects.toMatchObject({ code: 'invalid_credentials' });
    expect(session.isSignedIn()).toBe(false);
  });

  it('is restored once after a reload, even for concurrent callers', async () => {
    localStorage.setItem('lms.session', '1');
    const session = open();
    const ready = Promise.all([session.whenReady(), session.whenReady()]);
    (await sent(REFRESH)).flush(signedIn());
    await ready;
    await session.whenReady();

    expect(session.isSignedIn()).toBe(true);
  });

  it('is not retried after the server ended it', async () => {
    localStorage.setItem('lms.session', '1');
    const session = open();
    const ready = session.whenReady();
    (await sent(REFRESH)).flush({}, { status: 401, statusText: '' });
    await ready;
    await session.whenReady();

    expect(session.isSignedIn()).toBe(false);
    expect(localStorage.getItem('lms.session')).toBeNull();
  });

  it('is retried later when the server cannot be reached', async () => {
    localStorage.setItem('lms.session', '1');
    const session = open();
    const first = session.whenReady();
    (await sent(REFRESH)).flush({}, { status: 503, statusText: '' });
    await first;
    const second = session.whenReady();
    (await sent(REFRESH)).flush(signedIn());
    await second;

    expect(session.isSignedIn()).toBe(true);
  });

  it('keeps the last user while the server cannot be reached', async () => {
    (await openAs()).update({ ...ADA, bio: 'Counts.' } as User);
    TestBed.resetTestingModule();
    const session = open();
    const ready = session.whenReady();
    (await sent(REFRESH)).error(new ProgressEvent('error'));
    await ready;
    expect(session.user()?.bio).toBe('Counts.');
    expect(session.token()).toBeNull();

    const again = session.whenReady();
    (await sent(REFRESH)).flush({}, { status: 401, statusText: '' });
    await again;
    expect(session.isSignedIn()).toBe(false);
    expect(localStorage.length).toBe(0);
  });

  it('renews once for concurrent callers', async () => {
    const session = await openAs();
    const all = Promise.all([session.renew(), session.renew(), session.renew()]);
    (await sent(REFRESH)).flush(signedIn({}, token(900, 'new')));
    await all;

    expect(session.token()).toBe(token(900, 'new'));
  });

  it('reports a failed renewal and keeps the session when the server cannot be reached', async () => {
    const session = await openAs();
    const renewed = session.renew();
    (await sent(REFRESH)).error(new ProgressEvent('error'));

    await expect(renewed).rejects.toBeInstanceOf(ApiError);
    expect(session.isSignedIn()).toBe(true);
  });

  it('takes turns with other tabs where locks are available', async () => {
    const request = vi.fn((_name: string, work: () => unknown) => work());
    vi.stubGlobal('navigator', { locks: { request } });
    await openAs();

    expect(request).toHaveBeenCalledWith('lms.session', expect.any(Function));
  });

  it('is renewed one minute before the token expires', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const session = await openAs({}, token(900));
    vi.advanceTimersByTime(839_000);
    http.expectNone(REFRESH);
    vi.advanceTimersByTime(2_000);
    http.expectOne(REFRESH).flush(signedIn({}, token(900, 'new')));
    await Promise.resolve();
    vi.useRealTimers();

    await vi.waitFor(() => expect(session.token()).toBe(token(900, 'new')));
  });

  it('waits for a 401 when the token cannot be parsed', async () => {
    const session = await openAs({}, 'unreadable');

    expect(session.isSignedIn()).toBe(true);
  });

  it('exposes the roles', async () => {
    expect((await openAs()).isInstructor()).toBe(false);
    TestBed.resetTestingModule();
    const instructor = await openAs({ is_instructor: true });
    expect([instructor.isInstructor(), instructor.isAdmin()]).toEqual([true, false]);
    TestBed.resetTestingModule();
    const admin = await openAs({ is_admin: true });
    expect([admin.isInstructor(), admin.isAdmin()]).toEqual([true, true]);
  });

  it('updates the current user', async () => {
    const session = await openAs();
    session.update({ ...session.user()!, bio: 'Counts.' });

    expect(session.user()?.bio).toBe('Counts.');
  });

  it.each([200, 401])('signs out all tabs when the server responds with %i', async status => {
    const session = await openAs();
    const other = new BroadcastChannel('lms.session');
    const heard = new Promise(resolve => (other.onmessage = ({ data }) => resolve(data)));
    const done = session.signOut();
    (await sent(LOGOUT)).flush({}, { status, statusText: '' });
    await done;

    expect(session.isSignedIn()).toBe(false);
    expect(session.token()).toBeNull();
    expect(localStorage.getItem('lms.session')).toBeNull();
    expect(await heard).toEqual({ kind: 'signed-out' });
    other.close();
  });

  it('stays signed in and reports it when signing out cannot reach the server', async () => {
    const session = await openAs();
    const done = session.signOut();
    (await sent(LOGOUT)).error(new ProgressEvent('error'));

    await expect(done).rejects.toBeInstanceOf(ApiError);
    expect(session.isSignedIn()).toBe(true);
  });

  it('ends when another tab signs out', async () => {
    const session = await openAs();
    const changed = vi.fn();
    session.changedElsewhere.subscribe(changed);
    const other = new BroadcastChannel('lms.session');
    other.postMessage({ kind: 'signed-out' });

    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    expect(session.isSignedIn()).toBe(false);
    other.close();
  });

  it('switches to the user of another tab and sends no request for the same user', async () => {
    const session = await openAs();
    const changed = vi.fn();
    session.changedElsewhere.subscribe(changed);
    const other = new BroadcastChannel('lms.session');
    other.postMessage({ kind: 'signed-in', user: ADA.id });
    other.postMessage({ kind: 'signed-in', user: 'b'.repeat(24) });
    (await sent(REFRESH)).flush(signedIn({ id: 'b'.repeat(24), username: 'bob' }));

    await vi.waitFor(() => expect(changed).toHaveBeenCalledOnce());
    expect(session.user()?.username).toBe('bob');
    other.close();
  });
});

function bound(sent: TestRequest) {
  return { request: sent.request, flush: sent.flush.bind(sent) };
}
