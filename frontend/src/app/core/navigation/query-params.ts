import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';

/** Keeps the filters of a list in the URL, so that it can be shared and the back button works. */
@Injectable({ providedIn: 'root' })
export class QueryParams {
  private readonly router = inject(Router);

  /** Sets query parameters and goes to the first page; empty values are removed. */
  set(values: Readonly<Record<string, string>>): void {
    const params = Object.entries(values).map(([name, value]) => [name, value || null]);
    void this.router.navigate([], {
      queryParams: { page: null, ...Object.fromEntries(params) },
      queryParamsHandling: 'merge',
    });
  }
}
