import { Injectable, Signal, computed, inject } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, Router } from '@angular/router';

/** The filters of a list, as its URL has them. */
export type Filters<Name extends string> = Readonly<Partial<Record<Name, string>>>;

/** Returns the page's query parameters with these names; call it where a page is created. */
export function queryFilters<Name extends string>(...names: Name[]): Signal<Filters<Name>> {
  const params = toSignal(inject(ActivatedRoute).queryParamMap, { requireSync: true });
  const filters = () =>
    Object.fromEntries(names.map(name => [name, params().get(name) ?? undefined]));
  return computed(() => filters() as Filters<Name>, {
    equal: (one, other) => names.every(name => one[name] === other[name]),
  });
}

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
