import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, Routes, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { errorInterceptor } from '@core/http/error-interceptor';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';

export const ADA = {
  id: 'ada',
  username: 'ada',
  email: 'ada@example.org',
  email_verified: true,
  language: 'en',
  bio: 'Counts.',
  profile_picture: null,
  profile_picture_small: null,
  is_instructor: false,
  is_admin: false,
  instructor_requested: false,
} as unknown as User;
export const INSTRUCTOR = { ...ADA, is_instructor: true } as User;
export const ADMIN = { ...ADA, is_admin: true } as User;

/** A page of a list that holds these alone. */
export function pageOf<Row>(...results: Row[]) {
  return { count: results.length, next: null, previous: null, results };
}

/** Opens pages as the router does, for that person, with a server that the test answers for. */
export async function visit(routes: Routes, url: string, user: User | null = ADA) {
  const known = signal(user);
  const session = {
    user: known,
    isSignedIn: () => known() !== null,
    isInstructor: () => !!known()?.is_instructor || !!known()?.is_admin,
    isAdmin: () => !!known()?.is_admin,
    whenReady: () => Promise.resolve(),
    update: (changed: User) => known.set(changed),
    signOut: vi.fn(async () => known.set(null)),
  };
  const ask = vi.fn(async () => true);
  const snackbar = {
    show: vi.fn(async () => undefined),
    showError: vi.fn(async () => undefined),
    showWithAction: vi.fn(async () => false),
  };
  const report = vi.fn(async () => undefined);
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors([errorInterceptor])),
      provideHttpClientTesting(),
      provideRouter([...routes, { path: '**', children: [] }], withComponentInputBinding()),
      { provide: Session, useValue: session },
      { provide: Confirm, useValue: { ask } },
      { provide: Snackbar, useValue: snackbar },
      { provide: ErrorReporter, useValue: { report } },
    ],
  });
  const harness = await RouterTestingHarness.create(url);
  const http = TestBed.inject(HttpTestingController);
  const page = harness.fixture.nativeElement as HTMLElement;

  const settle = async () => {
    for (let turn = 0; turn < 4; turn++) {
      await new Promise(resolve => setTimeout(resolve));
      TestBed.tick();
    }
  };
  /** Answers the one request that begins so, and returns it. */
  const answer = async (
    method: string,
    address: string,
    body: object | null = {},
    options: { status?: number; headers?: Record<string, string> } = {},
  ) => {
    const sent = await vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne(
        request => request.method === method && request.urlWithParams.startsWith(address),
        `${method} ${address}`,
      );
    });
    sent.flush(body, { statusText: '', status: 200, ...options });
    await settle();
    return sent.request;
  };
  const find = <Kind extends HTMLElement>(selector: string, text = '') => {
    const found = [...page.querySelectorAll<Kind>(selector)].find(one =>
      (one.textContent ?? '').trim().includes(text),
    );
    if (!found) throw new Error(`no ${selector} “${text}” in ${page.innerHTML}`);
    return found;
  };
  const click = async (text: string, selector = 'button') => {
    find(selector, text).click();
    await settle();
  };
  const type = async (selector: string, value: string, event = 'input') => {
    const box = find<HTMLInputElement>(selector);
    box.value = value;
    box.dispatchEvent(new Event(event, { bubbles: true }));
    await settle();
  };
  const submit = async (selector = 'form') => {
    find(selector).dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();
  };
  await settle();
  return {
    page,
    http,
    session,
    ask,
    snackbar,
    report,
    settle,
    answer,
    find,
    click,
    type,
    submit,
    url: () => TestBed.inject(Router).url,
    text: () => page.textContent ?? '',
  };
}
