import { HttpInterceptorFn } from '@angular/common/http';
import { Injectable, computed, inject, signal } from '@angular/core';
import { finalize } from 'rxjs';

import { IN_BACKGROUND } from './contexts';

/** How many requests somebody waits for. */
@Injectable({ providedIn: 'root' })
export class Loading {
  private readonly waiting = signal(0);
  readonly isBusy = computed(() => this.waiting() > 0);

  begin(): void {
    this.waiting.update(count => count + 1);
  }

  end(): void {
    this.waiting.update(count => count - 1);
  }
}

export const loadingInterceptor: HttpInterceptorFn = (request, next) => {
  if (request.context.get(IN_BACKGROUND)) return next(request);
  const shown = inject(Loading);
  shown.begin();
  return next(request).pipe(finalize(() => shown.end()));
};
