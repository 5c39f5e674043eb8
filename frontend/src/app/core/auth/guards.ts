import { inject } from '@angular/core';
import { CanMatchFn, RedirectCommand, Router } from '@angular/router';

import { safeNext } from './safe-next';
import { Session } from './session';

/** Only for whoever is signed in; others are led back here after signing in. */
export const signedInGuard: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.toString() ?? '/';
  await session.whenReady(); // a reload has no token yet
  return (
    session.isSignedIn() ||
    new RedirectCommand(router.createUrlTree(['/login'], { queryParams: { next } }))
  );
};

/** Only for whoever is not signed in; others are led to where they would be after it. */
export const signedOutGuard: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.queryParamMap.get('next');
  await session.whenReady();
  return !session.isSignedIn() || new RedirectCommand(router.parseUrl(safeNext(next)));
};

export const instructorGuard: CanMatchFn = () => {
  const [session, router] = [inject(Session), inject(Router)];
  return has(session, session.isInstructor).then(may => may || forbidden(router));
};

export const adminGuard: CanMatchFn = () => {
  const [session, router] = [inject(Session), inject(Router)];
  return has(session, session.isAdmin).then(may => may || forbidden(router));
};

/** A role may have been given since one was last told who one is, so the server is asked before a no. */
async function has(session: Session, role: () => boolean): Promise<boolean> {
  await session.whenReady();
  if (!role() && session.isSignedIn()) await session.renew().catch(() => undefined);
  return role();
}

function forbidden(router: Router): RedirectCommand {
  return new RedirectCommand(router.createUrlTree(['/forbidden']), { skipLocationChange: true });
}
