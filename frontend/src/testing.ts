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

/** Returns the Material field with this label. */
export function fieldWithLabel(page: HTMLElement, label: string): HTMLElement {
  const field = [...page.querySelectorAll<HTMLElement>('mat-form-field')].find(
    candidate => candidate.querySelector('mat-label')?.textContent.trim() === label,
  );
  if (!field) throw new Error(`no field “${label}” in ${page.innerHTML}`);
  return field;
}

/** Returns the text box of the Material field with this label. */
export function boxWithLabel(page: HTMLElement, label: string): HTMLInputElement {
  const box = fieldWithLabel(page, label).querySelector<HTMLInputElement>('input, textarea');
  if (!box) throw new Error(`no text box in the field “${label}”`);
  return box;
}

/** A page of a list with these results. */
export function pageOf<Row>(...results: Row[]) {
  return { count: results.length, next: null, previous: null, results };
}

/** Opens a page through the router as the user; the test responds in place of the server. */
export async function visit(routes: Routes, url: string, user: User | null = ADA) {
  const currentUser = signal(user);
  const session = {
    user: currentUser,
    isSignedIn: () => currentUser() !== null,
    isInstructor: () => !!currentUser()?.is_instructor || !!currentUser()?.is_admin,
    isAdmin: () => !!currentUser()?.is_admin,
    whenReady: () => Promise.resolve(),
    update: (changed: User) => currentUser.set(changed),
    signOut: vi.fn(async () => currentUser.set(null)),
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
  /** Responds to the one request with this method and URL prefix, and returns it. */
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
    const element = [...page.querySelectorAll<Kind>(selector)].find(candidate =>
      (candidate.textContent ?? '').trim().includes(text),
    );
    if (!element) throw new Error(`no ${selector} “${text}” in ${page.innerHTML}`);
    return element;
  };
  const click = async (text: string, selector = 'button') => {
    find(selector, text).click();
    await settle();
  };
  const enter = async (box: HTMLInputElement, value: string, event = 'input') => {
    box.value = value;
    box.dispatchEvent(new Event(event, { bubbles: true }));
    await settle();
  };
  const type = (selector: string, value: string, event?: string) =>
    enter(find<HTMLInputElement>(selector), value, event);
  const box = (label: string) => boxWithLabel(page, label);
  const fill = (label: string, value: string) => enter(box(label), value);
  const errorAt = (label: string) =>
    fieldWithLabel(page, label).querySelector('mat-error')?.textContent?.trim();
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
    box,
    fill,
    errorAt,
    submit,
    url: () => TestBed.inject(Router).url,
    text: () => page.textContent ?? '',
  };
}
