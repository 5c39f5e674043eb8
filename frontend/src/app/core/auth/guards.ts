import { inject } from '@angular/core';
import { CanMatchFn, RedirectCommand, Router } from '@angular/router';

import { safeNext } from './next';
import { Session } from './session';

/** Only for whoever is signed in; others are led back here after signing in. */
export const signedIn: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.toString() ?? '/';
  await session.restored(); // a reload has no token yet
  return (
    session.isSignedIn() ||
    new RedirectCommand(router.createUrlTree(['/login'], { queryParams: { next } }))
  );
};

/** Only for whoever is not signed in; others are led to where they would be after it. */
export const visitor: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.queryParamMap.get('next');
  await session.restored();
  return !session.isSignedIn() || new RedirectCommand(router.parseUrl(safeNext(next)));
};

export const instructor: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  await session.restored();
  return session.isInstructor() || forbidden(router);
};

export const admin: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  await session.restored();
  return session.isAdmin() || forbidden(router);
};

function forbidden(router: Router): RedirectCommand {
  return new RedirectCommand(router.createUrlTree(['/forbidden']), { skipLocationChange: true });
}
