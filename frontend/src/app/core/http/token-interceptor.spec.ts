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

describe('tokens', () => {
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

  it('sends no token where there is none, and never "Bearer null"', async () => {
    token.set(null);
    isSignedIn.set(false);
    const answer = get();
    (await sent(null)).flush('well');

    expect(await answer).toBe('well');
  });

  it('sends no token to anybody else', async () => {
    const answer = get('https://elsewhere.example/api/');
    (await sent(null)).flush('well');
    await answer;
  });

  it('leaves alone what asks to go without a token', async () => {
    const answer = firstValueFrom(client.get('/api/x/', { context: withoutToken() }));
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(renew).not.toHaveBeenCalled();
  });

  it('renews a void token and sends the request again', async () => {
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent('Bearer new')).flush('well');

    expect(await answer).toBe('well');
    expect(redirect).not.toHaveBeenCalled();
  });

  it('renews nothing where that was done meanwhile', async () => {
    const answer = get();
    const first = await sent('Bearer old');
    token.set('newer');
    first.flush(null, VOID);
    (await sent('Bearer newer')).flush('well');

    expect(await answer).toBe('well');
    expect(renew).not.toHaveBeenCalled();
  });

  it('goes on without a token where the session is over, as public pages may', async () => {
    renew.mockImplementation(async () => token.set(null));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent(null)).flush('public');

    expect(await answer).toBe('public');
    expect(redirect).not.toHaveBeenCalled();
  });

  it('leads to signing in where the session is over and one must be signed in', async () => {
    renew.mockImplementation(async () => token.set(null));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).toHaveBeenCalledOnce();
  });

  it('gets the token first where the server was away when the page was loaded', async () => {
    token.set(null);
    const answer = get();
    (await sent('Bearer new')).flush('well');

    expect(await answer).toBe('well');
    expect(renew).toHaveBeenCalledOnce();
  });

  it('sends nothing where the server is still away', async () => {
    token.set(null);
    renew.mockRejectedValue(new Error('away'));

    await expect(get()).rejects.toThrow('away');
  });

  it('leads a visitor to signing in where one must be signed in', async () => {
    token.set(null);
    isSignedIn.set(false);
    const answer = get();
    (await sent(null)).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).toHaveBeenCalledOnce();
    expect(renew).not.toHaveBeenCalled();
  });

  it('tries only once', async () => {
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);
    (await sent('Bearer new')).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(renew).toHaveBeenCalledOnce();
    expect(redirect).not.toHaveBeenCalled();
  });

  it('hands on the refusal where renewing could not be asked for', async () => {
    renew.mockRejectedValue(new Error('away'));
    const answer = get();
    (await sent('Bearer old')).flush(null, VOID);

    await expect(answer).rejects.toMatchObject({ status: 401 });
    expect(redirect).not.toHaveBeenCalled();
  });

  it.each([403, 404, 409, 500])('hands on a %i as it is', async status => {
    const answer = get();
    (await sent('Bearer old')).flush(null, { status, statusText: '' });

    await expect(answer).rejects.toMatchObject({ status });
    expect(renew).not.toHaveBeenCalled();
  });
});
