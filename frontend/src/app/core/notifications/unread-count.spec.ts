import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { Session } from '@core/auth/session';
import { UnreadCount } from './unread-count';

const COUNT = '/api/notifications/unread-count/';

describe('UnreadCount', () => {
  const isSignedIn = signal(true);
  let http: HttpTestingController;

  function open(): UnreadCount {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        { provide: Session, useValue: { isSignedIn } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    const unread = TestBed.inject(UnreadCount);
    TestBed.tick();
    return unread;
  }

  beforeEach(() => isSignedIn.set(true));
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  it('is fetched at once, every minute, and when the page becomes visible', () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    const unread = open();
    http.expectOne(COUNT).flush({ unread: 3 });
    expect(unread.count()).toBe(3);

    vi.advanceTimersByTime(60_000);
    http.expectOne(COUNT).flush({}, { status: 503, statusText: '' });
    expect(unread.count()).toBe(3);

    document.dispatchEvent(new Event('visibilitychange'));
    http.expectOne(COUNT).flush({ unread: 4 });
    expect(unread.count()).toBe(4);
  });

  it('reports an increase, but not the initial count', () => {
    const unread = open();
    http.expectOne(COUNT).flush({ unread: 3 });
    expect(unread.arrivals()).toBe(0);

    for (const [waiting, arrivals] of [
      [4, 1],
      [1, 1],
      [2, 2],
    ]) {
      unread.refresh();
      http.expectOne(COUNT).flush({ unread: waiting });
      expect(unread.arrivals()).toBe(arrivals);
    }
  });

  it('is not fetched while the page is hidden', () => {
    vi.spyOn(document, 'visibilityState', 'get').mockReturnValue('hidden');
    open();

    http.expectNone(COUNT);
  });

  it('is zero for a visitor', () => {
    const unread = open();
    http.expectOne(COUNT).flush({ unread: 3 });
    isSignedIn.set(false);
    TestBed.tick();
    unread.refresh();

    expect(unread.count()).toBe(0);
    http.expectNone(COUNT);
  });
});
