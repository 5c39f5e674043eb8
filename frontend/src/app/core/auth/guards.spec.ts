import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { CanMatchFn, Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { adminGuard, instructorGuard, signedInGuard, signedOutGuard } from './guards';
import { Session } from './session';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

describe('guards', () => {
  /** Navigates to a guarded page after a reload; who one is becomes known only later. */
  async function visit(
    guard: CanMatchFn,
    roles: string[],
    url = '/guarded',
    renew: () => Promise<void> = () => Promise.resolve(),
  ): Promise<string> {
    let known = false;
    const session = {
      whenReady: async () => {
        await Promise.resolve();
        known = true;
      },
      renew,
      isSignedIn: () => known && roles.includes('student'),
      isInstructor: () => known && roles.includes('instructor'),
      isAdmin: () => known && roles.includes('admin'),
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

  it('lets in whoever is signed in, also after a reload', async () => {
    expect(await visit(signedInGuard, ['student'])).toBe('/guarded');
  });

  it('leads a visitor to signing in, and says where back', async () => {
    expect(await visit(signedInGuard, [], '/guarded?page=2')).toBe(
      '/login?next=%2Fguarded%3Fpage%3D2',
    );
  });

  it('shows no page for signing in to whoever is signed in, and leads only to pages of its own', async () => {
    expect(await visit(signedOutGuard, [])).toBe('/guarded');
    TestBed.resetTestingModule();
    expect(await visit(signedOutGuard, ['student'], '/guarded?next=%2Fcourses')).toBe('/courses');
    TestBed.resetTestingModule();
    expect(await visit(signedOutGuard, ['student'], '/guarded?next=%2F%2Fevil.example')).toBe(
      '/dashboard',
    );
  });

  it('lets in instructors, also after a reload', async () => {
    expect(await visit(instructorGuard, ['student', 'instructor'])).toBe('/guarded');
  });

  it('says to a student that the studio is not for them', async () => {
    expect(await visit(instructorGuard, ['student'])).toBe('forbidden');
  });

  it('lets in whoever was made an instructor meanwhile', async () => {
    const roles = ['student'];
    const renew = async () => void roles.push('instructor');
    expect(await visit(instructorGuard, roles, '/guarded', renew)).toBe('/guarded');
  });

  it('refuses where who one is cannot be asked', async () => {
    const renew = () => Promise.reject(new Error('away'));
    expect(await visit(adminGuard, ['student'], '/guarded', renew)).toBe('forbidden');
  });

  it('does not ask who a visitor is', async () => {
    const renew = vi.fn(() => Promise.resolve());
    await visit(adminGuard, [], '/guarded', renew);
    expect(renew).not.toHaveBeenCalled();
  });

  it('lets in admins, also after a reload', async () => {
    expect(await visit(adminGuard, ['student', 'admin'])).toBe('/guarded');
  });

  it('says to an instructor that management is not for them', async () => {
    expect(await visit(adminGuard, ['student', 'instructor'])).toBe('forbidden');
  });
});
