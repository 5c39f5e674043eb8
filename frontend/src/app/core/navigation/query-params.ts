import { Injectable, inject } from '@angular/core';
import { Router } from '@angular/router';

/** What a list is asked for lies in the address, so that it can be shared and gone back to. */
@Injectable({ providedIn: 'root' })
export class QueryParams {
  private readonly router = inject(Router);

  /** Sets these in the address, and begins at the first page; what is empty is left out. */
  set(wanted: Readonly<Record<string, string>>): void {
    const said = Object.entries(wanted).map(([name, value]) => [name, value || null]);
    void this.router.navigate([], {
      queryParams: { page: null, ...Object.fromEntries(said) },
      queryParamsHandling: 'merge',
    });
  }
}
