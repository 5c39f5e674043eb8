import { inject } from '@angular/core';
import { CanMatchFn, RedirectCommand, Router } from '@angular/router';

import { safeNext } from './safe-next';
import { Session } from './session';

/** Admits signed-in users; others sign in first and return. */
export const signedInGuard: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.toString() ?? '/';
  await session.whenReady();
  return (
    session.isSignedIn() ||
    new RedirectCommand(router.createUrlTree(['/login'], { queryParams: { next } }))
  );
};

/** Admits visitors; signed-in users go where signing in would lead. */
export const signedOutGuard: CanMatchFn = async () => {
  const [session, router] = [inject(Session), inject(Router)];
  const next = router.currentNavigation()?.extractedUrl.queryParamMap.get('next');
  await session.whenReady();
  return !session.isSignedIn() || new RedirectCommand(router.parseUrl(safeNext(next)));
};

export const instructorGuard: CanMatchFn = () => {
  const [session, router] = [inject(Session), inject(Router)];
  return hasRole(session, session.isInstructor).then(isAllowed => isAllowed || forbidden(router));
};

export const adminGuard: CanMatchFn = () => {
  const [session, router] = [inject(Session), inject(Router)];
  return hasRole(session, session.isAdmin).then(isAllowed => isAllowed || forbidden(router));
};

/** Asks the server before denying access, because the role may have been granted meanwhile. */
async function hasRole(session: Session, role: () => boolean): Promise<boolean> {
  await session.whenReady();
  if (!role() && session.isSignedIn()) await session.renew().catch(() => undefined);
  return role();
}

function forbidden(router: Router): RedirectCommand {
  return new RedirectCommand(router.createUrlTree(['/forbidden']), { skipLocationChange: true });
}
