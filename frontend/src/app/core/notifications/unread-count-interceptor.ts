import { HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { inject } from '@angular/core';
import { tap } from 'rxjs';

import { UnreadCount } from './unread-count';

const NOTIFYING_URLS = /^\/api\/(enrollments|progress|quiz-submissions)\//;

/** Refreshes the unread count after writes of the user that create notifications. */
export const unreadCountInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.method === 'GET' || !NOTIFYING_URLS.test(request.url)) return next(request);
  const unread = inject(UnreadCount);
  return next(request).pipe(
    tap(event => {
      if (event instanceof HttpResponse) unread.refresh();
    }),
  );
};
