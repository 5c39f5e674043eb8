import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';

/** Redirects to the sign-in page, which returns to the current page afterwards. */
@Injectable({ providedIn: 'root' })
export class SignInRedirect {
  private readonly router = inject(Router);

  redirect(): void {
    const next = this.router.url;
    if (next.startsWith('/login')) return;
    void this.router.navigate(['/login'], { queryParams: { next } });
  }
}
