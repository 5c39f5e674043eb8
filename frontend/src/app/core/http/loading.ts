import { HttpInterceptorFn } from '@angular/common/http';
import { Injectable, computed, inject, signal } from '@angular/core';
import { finalize } from 'rxjs';

import { IN_BACKGROUND } from './contexts';

/** Counts the requests that the user waits for. */
@Injectable({ providedIn: 'root' })
export class Loading {
  private readonly pending = signal(0);
  readonly isBusy = computed(() => this.pending() > 0);

  begin(): void {
    this.pending.update(count => count + 1);
  }

  end(): void {
    this.pending.update(count => count - 1);
  }
}

export const loadingInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.context.get(IN_BACKGROUND)) return next(request);
  const loading = inject(Loading);
  loading.begin();
  return next(request).pipe(finalize(() => loading.end()));
};
