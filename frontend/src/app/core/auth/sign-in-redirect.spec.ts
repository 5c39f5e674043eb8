import { Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';

import { SignInRedirect } from './sign-in-redirect';

@Component({ selector: 'lms-blank', template: '' })
class Blank {}

describe('SignInRedirect', () => {
  async function askAt(url: string): Promise<string> {
    TestBed.configureTestingModule({
      providers: [provideRouter([{ path: '**', component: Blank }])],
    });
    const router = TestBed.inject(Router);
    await router.navigateByUrl(url);
    TestBed.inject(SignInRedirect).redirect();
    await new Promise(resolve => setTimeout(resolve, 5));
    return router.url;
  }

  it('redirects to sign in with the return URL', async () => {
    expect(await askAt('/studio?page=2')).toBe('/login?next=%2Fstudio%3Fpage%3D2');
  });

  it('does not redirect on the sign-in page', async () => {
    expect(await askAt('/login?next=%2Fa')).toBe('/login?next=%2Fa');
  });
});
