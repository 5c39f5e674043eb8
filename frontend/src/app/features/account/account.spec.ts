import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Component } from '@angular/core';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { Session } from '@core/auth/session';
import { errorInterceptor } from '@core/http/error-interceptor';
import { boxWithLabel } from '@testing';
import { routes } from './account.routes';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

describe('account pages', () => {
  let http: HttpTestingController;
  let page: HTMLElement;
  let harness: RouterTestingHarness;

  async function open(url: string): Promise<void> {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        provideRouter([...routes, { path: '**', component: Blank }], withComponentInputBinding()),
      ],
    });
    http = TestBed.inject(HttpTestingController);
    harness = await RouterTestingHarness.create(url);
    page = harness.fixture.nativeElement as HTMLElement;
  }

  function fill(values: Record<string, string>): void {
    for (const [label, value] of Object.entries(values)) {
      const box = boxWithLabel(page, label);
      box.value = value;
      box.dispatchEvent(new Event('input'));
    }
  }

  async function submit(): Promise<void> {
    page.querySelector('form')?.dispatchEvent(new Event('submit'));
    await harness.fixture.whenStable();
  }

  async function answer(url: string, body: object, status = 200): Promise<void> {
    const request = await vi.waitFor(() => http.expectOne(url));
    request.flush(body, { status, statusText: '' });
    await new Promise(resolve => setTimeout(resolve));
    await harness.fixture.whenStable();
  }

  async function register(): Promise<void> {
    await open('/register');
    fill({
      Username: 'ada',
      Email: 'ada@example.org',
      Password: 'correct horse',
      'Confirm password': 'correct horse',
    });
    await submit();
  }

  async function setPassword(): Promise<void> {
    await open('/reset#uid=u1&token=t1');
    fill({ 'New password': 'correct horse', 'Confirm new password': 'correct horse' });
    await submit();
  }

  const SIGNED_IN = { access: 'a.b.c', user: { id: '1', username: 'ada' } };

  beforeEach(() => localStorage.clear());

  it('sign in and return to the previous page', async () => {
    await open('/login?next=%2Fcourses%2F1');
    fill({ 'Username or email': 'ada', Password: 'secret' });
    await submit();
    await answer('/api/auth/login/', SIGNED_IN);

    expect(TestBed.inject(Router).url).toBe('/courses/1');
  });

  it('never redirect to another site', async () => {
    await open('/login?next=%2F%2Fevil.example');
    fill({ 'Username or email': 'ada', Password: 'secret' });
    await submit();
    await answer('/api/auth/login/', SIGNED_IN);

    expect(TestBed.inject(Router).url).toBe('/dashboard');
  });

  it('show why signing in was refused', async () => {
    await open('/login');
    fill({ 'Username or email': 'ada', Password: 'wrong' });
    await submit();
    await answer('/api/auth/login/', { detail: 'Wrong name or password.', code: 'x' }, 401);

    expect(page.querySelector('[role=alert]')?.textContent).toBe('Wrong name or password.');
  });

  it('submit nothing when a required field is empty', async () => {
    for (const url of ['/login', '/register', '/reset', '/reset#uid=u&token=t']) {
      TestBed.resetTestingModule();
      await open(url);
      await submit();
      http.verify();
    }
  });

  it('show server errors at their fields', async () => {
    await register();
    await answer('/api/auth/registration/', { username: ['It is taken.'] }, 400);

    expect(page.querySelector('mat-error')?.textContent).toContain('It is taken.');
    expect(page.querySelector('[role=alert].notice')).toBeNull();
  });

  it('register and continue', async () => {
    await register();
    await answer('/api/auth/registration/', SIGNED_IN);

    expect(TestBed.inject(Router).url).toBe('/dashboard');
  });

  it('request a reset email without revealing whether the address is known', async () => {
    await open('/reset');
    fill({ Email: 'ada@example.org' });
    await submit();
    await answer('/api/auth/password/reset/', { detail: 'Sent.' });

    expect(page.querySelector('[role=status]')?.textContent).toContain('If an account');
  });

  it('set a password with the token of the link and remove it from the URL', async () => {
    await setPassword();
    const request = await vi.waitFor(() => http.expectOne('/api/auth/password/reset/confirm/'));
    request.flush({});
    await new Promise(resolve => setTimeout(resolve));
    await harness.fixture.whenStable();

    expect(request.request.body).toMatchObject({ uid: 'u1', token: 't1' });
    expect(location.hash).toBe('');
    expect(page.querySelector('[role=status]')?.textContent).toContain('has been changed');
  });

  it('report an expired link and offer a new one', async () => {
    await setPassword();
    await answer('/api/auth/password/reset/confirm/', { token: ['Invalid value'] }, 400);

    expect(page.querySelector('[role=alert]')?.textContent).toContain('Invalid value');
    page.querySelector<HTMLElement>('a[href="/reset"]')?.click();
    await new Promise(resolve => setTimeout(resolve));
    await harness.fixture.whenStable();
    expect(boxWithLabel(page, 'Email').value).toBe('');
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('confirm an email address', async () => {
    await open('/verify#key=k1');
    await answer('/api/auth/registration/verify-email/', {});

    expect(page.querySelector('[role=status]')?.textContent).toContain('confirmed');
  });

  it('report a failed confirmation with its request ID', async () => {
    await open('/verify#key=k1');
    await answer(
      '/api/auth/registration/verify-email/',
      { detail: 'No.', request_id: 'f00d' },
      400,
    );

    expect(page.querySelector('[role=alert]')?.textContent).toContain('f00d');
  });

  it('update the signed-in user after a confirmation', async () => {
    const renew = vi.fn(() => Promise.resolve());
    const session = { isSignedIn: () => true, renew };
    TestBed.overrideProvider(Session, { useValue: session });
    await open('/verify#key=k1');
    expect(renew).not.toHaveBeenCalled();
    await answer('/api/auth/registration/verify-email/', {});

    expect(renew).toHaveBeenCalledTimes(1);
  });

  it('use a second link opened in the same tab', async () => {
    await open('/verify#key=k1');
    await answer('/api/auth/registration/verify-email/', { detail: 'Too old.' }, 404);
    expect(page.textContent).toContain('Too old.');

    await TestBed.inject(Router).navigateByUrl('/verify#key=k2');
    const request = await vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne('/api/auth/registration/verify-email/');
    });
    expect(request.request.body).toEqual({ key: 'k2' });
  });

  it('send no request without a key', async () => {
    await open('/verify');
    http.verify();

    expect(page.textContent).toContain('Open the link');
  });

  it('show the password on request', async () => {
    for (const url of ['/login', '/register', '/reset#uid=u&token=t']) {
      TestBed.resetTestingModule();
      await open(url);
      const types = () =>
        [...page.querySelectorAll<HTMLInputElement>('input[autocomplete$=password]')].map(
          box => box.type,
        );
      expect(new Set(types())).toEqual(new Set(['password']));
      page.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
      await harness.fixture.whenStable();
      expect(new Set(types())).toEqual(new Set(['text']));
    }
  });

  it('redirect signed-in users', async () => {
    for (const [url, target] of [
      ['/login?next=%2Fcourses%2F1', '/courses/1'],
      ['/register?next=%2F%2Fevil.example', '/dashboard'],
    ] as const) {
      TestBed.resetTestingModule();
      const session = { whenReady: () => Promise.resolve(), isSignedIn: () => true };
      TestBed.overrideProvider(Session, { useValue: session });
      await open(url);
      expect(TestBed.inject(Router).url).toBe(target);
    }
  });
});
