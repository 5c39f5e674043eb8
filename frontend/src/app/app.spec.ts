import { Location } from '@angular/common';
import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component, signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router, TitleStrategy, provideRouter, withComponentInputBinding } from '@angular/router';
import { Subject } from 'rxjs';

import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { provideHeadingFocus } from '@core/navigation/heading-focus';
import { PageMetadata } from '@core/navigation/page-metadata';
import { UnreadCount } from '@core/notifications/unread-count';
import { AppUpdates } from '@core/offline/app-updates';
import { ThemePreference } from '@core/theme/theme-preference';
import { App } from './app';
import { Forbidden } from './shell/forbidden';
import { NotFound } from './shell/not-found';
import { Unreachable, withUnreachablePages } from './shell/unreachable';

@Component({ selector: 'lms-one', template: '<h1>One</h1>' })
class FirstPage {}

@Component({ selector: 'lms-mine', template: '<h1>Mine</h1>' })
class PrivatePage {
  constructor() {
    created();
  }
}
const created = vi.fn();

describe('App', () => {
  const user = signal<{ username: string } | null>(null);
  const signOut = vi.fn(async () => undefined);
  const session = {
    user,
    whenReady: async () => undefined,
    changedElsewhere: new Subject<void>(),
    isSignedIn: () => user() !== null,
    isInstructor: signal(false),
    isAdmin: signal(false),
    signOut,
  };
  const report = vi.fn(async () => undefined);
  const appUpdates = {
    status: signal<'available' | 'broken' | null>(null),
    reload: vi.fn(),
    dismiss: () => appUpdates.status.set(null),
  };
  const unread = signal(0);
  let failure: Error;
  let fixture: ComponentFixture<App>;
  let page: HTMLElement;

  beforeEach(async () => {
    localStorage.clear();
    user.set(null);
    session.isInstructor.set(false);
    session.isAdmin.set(false);
    signOut.mockReset();
    report.mockReset();
    appUpdates.status.set(null);
    unread.set(0);
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        provideRouter(
          [
            { path: '', component: FirstPage, title: 'One' },
            { path: 'mine', component: PrivatePage, canMatch: [() => user() !== null] },
            { path: 'forbidden', component: Forbidden },
            { path: 'away', loadComponent: () => Promise.reject(failure) },
            { path: 'unreachable', component: Unreachable },
            { path: '**', component: NotFound },
          ],
          withComponentInputBinding(),
          withUnreachablePages(),
        ),
        provideHeadingFocus(),
        { provide: TitleStrategy, useExisting: PageMetadata },
        { provide: Session, useValue: session },
        { provide: ErrorReporter, useValue: { report } },
        { provide: AppUpdates, useValue: appUpdates },
        { provide: UnreadCount, useValue: { count: unread } },
      ],
    });
    fixture = TestBed.createComponent(App);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    await TestBed.inject(Router).navigateByUrl('/');
    await fixture.whenStable();
  });
  afterEach(() => page.remove());

  const links = () => [...page.querySelectorAll('nav a')].map(link => link.textContent?.trim());
  const button = (label: string) =>
    [...page.querySelectorAll('button')].find(element =>
      element.textContent?.trim().startsWith(label),
    )!;
  async function press(label: string): Promise<void> {
    button(label).click();
    await fixture.whenStable();
  }

  it('shows navigation links by role', async () => {
    expect(links()).toEqual(['Courses']);
    user.set({ username: 'ada' });
    await fixture.whenStable();
    expect(links()).toEqual(['Courses', 'My learning']);
    session.isInstructor.set(true);
    session.isAdmin.set(true);
    await fixture.whenStable();
    expect(links()).toEqual(['Courses', 'My learning', 'Studio', 'Manage']);
  });

  it('shows the unread count', async () => {
    user.set({ username: 'ada' });
    await fixture.whenStable();
    expect(page.querySelector('.count')).toBeNull();
    unread.set(3);
    await fixture.whenStable();
    expect(page.querySelector('.count')?.textContent).toBe('3');
  });

  it('sets the title and focuses the heading after a navigation', async () => {
    expect(TestBed.inject(Title).getTitle()).toBe('One · Learning');
    await TestBed.inject(Router).navigateByUrl('/nix');
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));

    expect(document.activeElement?.textContent).toContain('Page not found');
  });

  it('keeps the focus when only the query changes', async () => {
    button('Appearance').focus();
    await TestBed.inject(Router).navigateByUrl('/?page=2');
    await new Promise(resolve => setTimeout(resolve, 20));

    expect(document.activeElement === button('Appearance')).toBe(true);
  });

  it('skips to the main content', () => {
    page.querySelector<HTMLElement>('.skip')?.click();

    expect(document.activeElement?.textContent).toBe('One');
  });

  it('stores the theme on the device', async () => {
    await press('Appearance');
    const [auto, , dark] = page.querySelectorAll<HTMLInputElement>('input[name=theme]');
    dark?.click();
    expect(document.documentElement.dataset['theme']).toBe('dark');
    expect(localStorage.getItem('lms.theme')).toBe('dark');
    auto?.click();
    expect(document.documentElement.dataset['theme']).toBeUndefined();
    expect(TestBed.inject(ThemePreference).theme()).toBe('auto');
  });

  it('closes a menu on Escape, restores the focus, and closes it when the focus leaves', async () => {
    await press('Appearance');
    const appearance = button('Appearance');
    expect(appearance.getAttribute('aria-expanded')).toBe('true');
    appearance.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
    await fixture.whenStable();
    expect(appearance.getAttribute('aria-expanded')).toBe('false');
    expect(document.activeElement).toBe(appearance);

    await press('Appearance');
    appearance.focus();
    page.querySelector<HTMLElement>('.skip')?.focus();
    await fixture.whenStable();
    expect(appearance.getAttribute('aria-expanded')).toBe('false');
  });

  it('opens and closes the mobile navigation', async () => {
    await press('Menu');
    expect(button('Menu').getAttribute('aria-expanded')).toBe('true');
    await TestBed.inject(Router).navigateByUrl('/forbidden');
    await fixture.whenStable();
    expect(button('Menu').getAttribute('aria-expanded')).toBe('false');
  });

  it('signs out and goes to the home page', async () => {
    user.set({ username: 'ada' });
    await fixture.whenStable();
    await press('Sign out');

    expect(signOut).toHaveBeenCalledOnce();
    expect(TestBed.inject(Router).url).toBe('/');
    TestBed.inject(HttpTestingController).verify();
  });

  it('reloads or leaves the page when another tab signs in or out', async () => {
    user.set({ username: 'ada' });
    await TestBed.inject(Router).navigateByUrl('/mine?page=2');
    expect(created).toHaveBeenCalledOnce();
    session.changedElsewhere.next();
    await vi.waitFor(() => expect(created).toHaveBeenCalledTimes(2));

    user.set(null);
    session.changedElsewhere.next();
    await vi.waitFor(() => expect(page.textContent).toContain('Page not found'));
    expect(page.textContent).not.toContain('Mine');
    expect(TestBed.inject(Router).url).toBe('/mine?page=2');
  });

  it('reports a failed sign-out', async () => {
    const error = new Error('away');
    signOut.mockRejectedValue(error);
    user.set({ username: 'ada' });
    await fixture.whenStable();
    await press('Sign out');

    expect(report).toHaveBeenCalledWith(error);
  });

  it('shows that the network is offline and hides it after reconnecting', async () => {
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    window.dispatchEvent(new Event('offline'));
    await fixture.whenStable();
    expect(page.querySelector('lms-offline-banner')?.textContent).toContain('You are offline');

    onLine.mockReturnValue(true);
    window.dispatchEvent(new Event('online'));
    await fixture.whenStable();
    expect(page.querySelector('lms-offline-banner')?.textContent).toBe('');
    onLine.mockRestore();
  });

  it('offers a new version now or later', async () => {
    appUpdates.status.set('available');
    await fixture.whenStable();
    await press('Reload');
    expect(appUpdates.reload).toHaveBeenCalledOnce();
    await press('Later');
    expect(page.querySelector('lms-update-banner')?.textContent).toBe('');

    appUpdates.status.set('broken');
    await fixture.whenStable();
    expect(page.querySelector('lms-update-banner')?.textContent).toContain('Reload the page');
  });

  it('shows an error under the original URL when a page cannot be loaded', async () => {
    failure = new TypeError('Failed to fetch dynamically imported module: /chunk-1.js');
    await TestBed.inject(Router).navigateByUrl('/away?page=2');
    await fixture.whenStable();
    expect(page.querySelector('h1')?.textContent).toBe('Page unavailable');
    const replaceState = vi.spyOn(TestBed.inject(Location), 'replaceState');
    await press('Try again');

    expect(replaceState).toHaveBeenCalledWith('/away?page=2');
  });

  it('leaves other errors to the error handler', async () => {
    failure = new Error('ours');

    await expect(TestBed.inject(Router).navigateByUrl('/away')).rejects.toBe(failure);
  });
});
