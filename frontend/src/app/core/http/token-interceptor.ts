import { HttpErrorResponse, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { Injector, inject, runInInjectionContext } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';

import { Session } from '@core/auth/session';
import { SignInRedirect } from '@core/auth/sign-in-redirect';
import { WITHOUT_TOKEN } from './contexts';

/** Sends the access token; where it is void, renews it once and sends the request again. */
export const tokenInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.context.get(WITHOUT_TOKEN) || !request.url.startsWith('/api/')) return next(request);
  const session = inject(Session);
  const injector = inject(Injector);
  const askAgain = (error: unknown) => {
    runInInjectionContext(injector, () => inject(SignInRedirect).redirect());
    return throwError(() => error);
  };
  const send = () => {
    const sent = session.token();
    return next(signed(request, sent)).pipe(
      catchError((error: unknown) => {
        if (!isUnauthorized(error)) return throwError(() => error);
        if (sent === null) return askAgain(error);
        const renewed = session.token() !== sent ? Promise.resolve() : session.renew();
        return from(renewed).pipe(
          catchError(() => throwError(() => error)), // it could not be asked; the session may live
          switchMap(() => next(signed(request, session.token()))),
          catchError((second: unknown) =>
            isUnauthorized(second) && session.token() === null
              ? askAgain(second)
              : throwError(() => second),
          ),
        );
      }),
    );
  };
  const waitsForToken = session.isSignedIn() && session.token() === null; // the server was away
  return waitsForToken ? from(session.renew()).pipe(switchMap(send)) : send();
};

function signed(request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> {
  return token === null
    ? request
    : request.clone({ setHeaders: { Authorization: `Bearer ${token}` } });
}

function isUnauthorized(error: unknown): error is HttpErrorResponse {
  return error instanceof HttpErrorResponse && error.status === 401;
}
