import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';

/** Leads whoever must sign in to the page for it, and back afterwards. */
@Injectable({ providedIn: 'root' })
export class SignInRedirect {
  private readonly router = inject(Router);

  redirect(): void {
    const next = this.router.url;
    if (next.startsWith('/login')) return;
    void this.router.navigate(['/login'], { queryParams: { next } });
  }
}
