import { HttpInterceptorFn, HttpResponse } from '@angular/common/http';
import { inject } from '@angular/core';
import { tap } from 'rxjs';

import { UnreadCount } from './unread-count';

const TELLING = /^\/api\/(enrollments|progress|quiz-submissions)\//;

/** Asks for the count after one's own enrolments, marks and answers: they are what is told of. */
export const unreadCountInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.method === 'GET' || !TELLING.test(request.url)) return next(request);
  const unread = inject(UnreadCount);
  return next(request).pipe(
    tap(event => {
      if (event instanceof HttpResponse) unread.refresh();
    }),
  );
};
