import {
  EnvironmentProviders,
  Injector,
  effect,
  inject,
  provideEnvironmentInitializer,
  untracked,
} from '@angular/core';

import { Session } from '@core/auth/session';

const OWNER = 'lms.learn.owner';

/** Returns whose lessons lie on this device, where the server cannot say who is signed in. */
export function ownerOnDevice(session: Session): string | null {
  return session.mayBeSignedIn() ? localStorage.getItem(OWNER) : null;
}

export function ownOnDevice(user: string): void {
  localStorage.setItem(OWNER, user);
}

export function forgetOwner(): void {
  localStorage.removeItem(OWNER);
}

/**
 * Sees to what learning has left on this device, on whichever page one is: it goes when its owner
 * signs out, here or in another tab, and marks that wait are sent when the owner is back.
 */
export function provideCareForDevice(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const [session, injector] = [inject(Session), inject(Injector)];
    void session.restored().then(() =>
      effect(
        () => {
          const user = session.user();
          // What fails is done when the app is opened the next time.
          untracked(() => void care(session, injector, user?.id ?? null).catch(() => undefined));
        },
        { injector },
      ),
    );
  });
}

async function care(session: Session, injector: Injector, user: string | null): Promise<void> {
  const owner = localStorage.getItem(OWNER);
  const isUnknown = user === null && session.mayBeSignedIn();
  if (owner === null || isUnknown) return;
  const { Marks } = await import('./marks');
  await (user === owner ? injector.get(Marks).send() : injector.get(Marks).forget());
}
