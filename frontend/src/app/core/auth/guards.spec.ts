import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { CanMatchFn, Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { adminGuard, instructorGuard, signedInGuard, signedOutGuard } from './guards';
import { Session } from './session';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

describe('guards', () => {
  /** Navigates to a guarded page after a reload, before the user is known. */
  async function visit(
    guard: CanMatchFn,
    roles: string[],
    url = '/guarded',
    renew: () => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    let isReady = false;
    const session = {
      whenReady: async () => {
        await Promise.resolve();
        isReady = true;
      },
      renew,
      isSignedIn: () => isReady && roles.includes('student'),
      isInstructor: () => isReady && roles.includes('instructor'),
      isAdmin: () => isReady && roles.includes('admin'),
    };
    TestBed.configureTestingModule({
      providers: [
        { provide: Session, useValue: session },
        provideRouter([
          { path: 'guarded', canMatch: [guard], component: Blank },
          { path: 'login', component: Blank },
          { path: 'dashboard', component: Blank },
          { path: 'courses', component: Blank },
          { path: 'forbidden', component: Blank, title: 'forbidden' },
        ]),
      ],
    });
    await RouterTestingHarness.create(url);
    const router = TestBed.inject(Router);
    const title = router.routerState.snapshot.root.firstChild?.title;
    return title ?? router.url;
  }

  it('let signed-in users in, including after a reload', async () => {
    expect(await visit(signedInGuard, ['student'])).toBe('/guarded');
  });

  it('redirect a visitor to sign in with the return URL', async () => {
    expect(await visit(signedInGuard, [], '/guarded?page=2')).toBe(
      '/login?next=%2Fguarded%3Fpage%3D2',
    );
  });

  it('redirect signed-in users from the sign-in page to safe URLs only', async () => {
    expect(await visit(signedOutGuard, [])).toBe('/guarded');
    TestBed.resetTestingModule();
    expect(await visit(signedOutGuard, ['student'], '/guarded?next=%2Fcourses')).toBe('/courses');
    TestBed.resetTestingModule();
    expect(await visit(signedOutGuard, ['student'], '/guarded?next=%2F%2Fevil.example')).toBe(
      '/dashboard',
    );
  });

  it('let instructors in, including after a reload', async () => {
    expect(await visit(instructorGuard, ['student', 'instructor'])).toBe('/guarded');
  });

  it('deny students access to the studio', async () => {
    expect(await visit(instructorGuard, ['student'])).toBe('forbidden');
  });

  it('let in a user who has just become an instructor', async () => {
    const roles = ['student'];
    const renew = async () => void roles.push('instructor');
    expect(await visit(instructorGuard, roles, '/guarded', renew)).toBe('/guarded');
  });

  it('deny access when the user cannot be loaded', async () => {
    const renew = () => Promise.reject(new Error('away'));
    expect(await visit(adminGuard, ['student'], '/guarded', renew)).toBe('forbidden');
  });

  it('do not load the user for a visitor', async () => {
    const renew = vi.fn(() => Promise.resolve());
    await visit(adminGuard, [], '/guarded', renew);
    expect(renew).not.toHaveBeenCalled();
  });

  it('let admins in, including after a reload', async () => {
    expect(await visit(adminGuard, ['student', 'admin'])).toBe('/guarded');
  });

  it('deny instructors access to the admin pages', async () => {
    expect(await visit(adminGuard, ['student', 'instructor'])).toBe('forbidden');
  });
});
