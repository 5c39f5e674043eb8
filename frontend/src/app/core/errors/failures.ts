import { ErrorHandler, Injectable, Injector, inject } from '@angular/core';

import { ApiError } from './api-error';

const SHOWN_MS = 10_000;

/** Says at the foot of the page what failed, with the id under which the server noted it. */
@Injectable({ providedIn: 'root' })
export class Failures {
  private readonly injector = inject(Injector);

  async report(error: unknown): Promise<void> {
    await this.say(textOf(error));
  }

  async say(text: string): Promise<void> {
    const { MatSnackBar } = await import('@angular/material/snack-bar');
    const close = $localize`Close`;
    this.injector
      .get(MatSnackBar)
      .open(text, close, { duration: SHOWN_MS, politeness: 'assertive' });
  }
}

/** What nobody caught is shown, and kept in the console for whoever looks for it. */
@Injectable()
export class UncaughtErrors implements ErrorHandler {
  private readonly failures = inject(Failures);

  handleError(error: unknown): void {
    console.error(error);
    void this.failures.report(error);
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof ApiError)) return $localize`Something went wrong on this page.`;
  return error.requestId
    ? $localize`${error.message}:message: (request ${error.requestId}:requestId:)`
    : error.message;
}
