import { HttpErrorResponse, HttpInterceptorFn, HttpRequest } from '@angular/common/http';
import { Injector, inject, runInInjectionContext } from '@angular/core';
import { catchError, from, switchMap, throwError } from 'rxjs';

import { Session } from '@core/auth/session';
import { SignInRedirect } from '@core/auth/sign-in-redirect';
import { WITHOUT_TOKEN } from './contexts';

/** Sends the access token; after a 401 it renews the token once and repeats the request. */
export const tokenInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.context.get(WITHOUT_TOKEN) || !request.url.startsWith('/api/')) return next(request);
  const session = inject(Session);
  const injector = inject(Injector);
  const redirectToSignIn = (error: unknown) => {
    runInInjectionContext(injector, () => inject(SignInRedirect).redirect());
    return throwError(() => error);
  };
  const send = () => {
    const sent = session.token();
    return next(withToken(request, sent)).pipe(
      catchError((error: unknown) => {
        if (!isUnauthorized(error)) return throwError(() => error);
        if (sent === null) return redirectToSignIn(error);
        const renewed = session.token() !== sent ? Promise.resolve() : session.renew();
        return from(renewed).pipe(
          catchError(() => throwError(() => error)), // The session may still be valid.
          switchMap(() => next(withToken(request, session.token()))),
          catchError((second: unknown) =>
            isUnauthorized(second) && session.token() === null
              ? redirectToSignIn(second)
              : throwError(() => second),
          ),
        );
      }),
    );
  };
  // After an offline start the user is known, but there is no token yet.
  const needsToken = session.isSignedIn() && session.token() === null;
  return needsToken ? from(session.renew()).pipe(switchMap(send)) : send();
};

function withToken(request: HttpRequest<unknown>, token: string | null): HttpRequest<unknown> {
  return token === null
    ? request
    : request.clone({ setHeaders: { Authorization: `Bearer ${token}` } });
}

function isUnauthorized(error: unknown): error is HttpErrorResponse {
  return error instanceof HttpErrorResponse && error.status === 401;
}
