import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom } from 'rxjs';

import { Session } from '@core/auth/session';
import { SignInRedirect } from '@core/auth/sign-in-redirect';
import { withoutToken } from './contexts';
import { tokenInterceptor } from './token-interceptor';

const VOID = { status: 401, statusText: 'Unauthorized' };

describe('tokenInterceptor', () => {
  const token = signal<string | null>(null);
  const isSignedIn = signal(false);
  const renew = vi.fn<() => Promise<void>>();
  const redirect = vi.fn();
  let client: HttpClient;
  let http: HttpTestingController;

  beforeEach(() => {
    token.set('old');
    isSignedIn.set(true);
    renew.mockReset().mockImplementation(async () => token.set('new'));
    redirect.mockReset();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([tokenInterceptor])),
        provideHttpClientTesting(),
        { provide: Session, useValue: { token, isSignedIn, renew } },
        { provide: SignInRedirect, useValue: { redirect } },
      ],
    });
    client = TestBed.inject(HttpClient);
    http = TestBed.inject(HttpTestingController);
  });
  afterEach(() => http.verify());

  const get = (url = '/api/x/') => firstValueFrom(client.get(url));
  const sent = (authorization: string | null) =>
    vi.waitFor(() =>
      http.expectOne(({ headers }) => headers.get('Authorization') === authorization),
    );

  it('sends the token', async () => {
    const answer = get();
    (await sent('Bearer old')).flush('well');

    expect(await answer).toBe('well');
  });

  it('sends no header without a token, and never "Bearer null"', async () => {
    token.set(null);
    isSignedIn.set(false);
    const answer = get();
    (await sent(null)).flush('well');

    expect(await answer).toBe('well');
  });

  it('sends no token to other sites', async () => {
    const answer = get('https://elsewhere.example/api/');
    (await sent(null)).flush('well');
    await answer;
  });

  it('ignores requests marked to go without a token', async () => {
    const answer = firstValueFrom(client.get('/api/x/', { context: withoutToken() }));
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(renew).not.toHaveBeenCalled();
  });

  it('renews an expired token and repeats the request', async () => {
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent('Bearer new')).flush('well');

    expect(await answer).toBe('well');
    expect(redirect).not.toHaveBeenCalled();
  });

  it('does not renew a token that has been renewed meanwhile', async () => {
    const answer = get();
    const first = await sent('Bearer old');
    token.set('newer');
    first.flush(null, VOID);
    (await sent('Bearer newer')).flush('well');

    expect(await answer).toBe('well');
    expect(renew).not.toHaveBeenCalled();
  });

  it('repeats the request without a token when the session has ended', async () => {
    renew.mockImplementation(async () => token.set(null));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent(null)).flush('public');

    expect(await answer).toBe('public');
    expect(redirect).not.toHaveBeenCalled();
  });

  it('redirects to sign in when the session has ended and the page requires it', async () => {
    renew.mockImplementation(async () => token.set(null));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).toHaveBeenCalledOnce();
  });

  it('renews the token first when the server could not be reached at load time', async () => {
    token.set(null);
    const answer = get();
    (await sent('Bearer new')).flush('well');

    expect(await answer).toBe('well');
    expect(renew).toHaveBeenCalledOnce();
  });

  it('sends nothing while the server still cannot be reached', async () => {
    token.set(null);
    renew.mockRejectedValue(new Error('away'));

    await expect(get()).rejects.toThrow('away');
  });

  it('redirects a visitor to sign in when required', async () => {
    token.set(null);
    isSignedIn.set(false);
    const answer = get();
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).toHaveBeenCalledOnce();
    expect(renew).not.toHaveBeenCalled();
  });

  it('retries only once', async () => {
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent('Bearer new')).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(renew).toHaveBeenCalledOnce();
    expect(redirect).not.toHaveBeenCalled();
  });

  it('passes on the original error when the renewal fails', async () => {
    renew.mockRejectedValue(new Error('away'));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).not.toHaveBeenCalled();
  });

  it.each([403, 404, 409, 500])('passes on a %i unchanged', async status => {
    const answer = get();
    (await sent('Bearer old')).flush(null, { status, statusText: '' });

    await expect(answer).rejects.toMatchObject({ status });
    expect(renew).not.toHaveBeenCalled();
  });
});
