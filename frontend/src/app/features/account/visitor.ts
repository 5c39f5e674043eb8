import { inject } from '@angular/core';
import { CanActivateFn, Router } from '@angular/router';

import { safeNext } from '@core/auth/next';
import { Session } from '@core/auth/session';

/** Whoever is signed in has nothing to do here, and goes where they wanted to. */
export const visitor: CanActivateFn = async route => {
  const [session, router] = [inject(Session), inject(Router)];
  await session.restored();
  return !session.isSignedIn() || router.parseUrl(safeNext(route.queryParamMap.get('next')));
};
