import { HttpClient, provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { unreadCountInterceptor } from './unread-count-interceptor';
import { UnreadCount } from './unread-count';

describe('unreadCountInterceptor', () => {
  const refresh = vi.fn();

  function send(method: string, url: string, status = 200): void {
    refresh.mockClear();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([unreadCountInterceptor])),
        provideHttpClientTesting(),
        { provide: UnreadCount, useValue: { refresh } },
      ],
    });
    TestBed.inject(HttpClient)
      .request(method, url)
      .subscribe({ error: () => undefined });
    TestBed.inject(HttpTestingController).expectOne(url).flush({}, { status, statusText: '' });
  }

  it.each(['/api/enrollments/', '/api/progress/', '/api/quiz-submissions/'])(
    'refreshes the count after a write to %s',
    url => {
      send('POST', url, 201);
      expect(refresh).toHaveBeenCalledTimes(1);
    },
  );

  it.each([
    ['GET', '/api/progress/summary/', 200],
    ['POST', '/api/progress/', 400],
    ['POST', '/api/courses/', 201],
  ])('does not refresh after %s %s with %i', (method, url, status) => {
    send(method, url, status);
    expect(refresh).not.toHaveBeenCalled();
  });
});
