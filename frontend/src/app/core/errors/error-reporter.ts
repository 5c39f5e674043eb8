import { ErrorHandler, Injectable, inject } from '@angular/core';

import { Snackbar } from '@core/snackbar/snackbar';
import { ApiError } from './api-error';

/** Says at the foot of the page what failed, with the id under which the server noted it. */
@Injectable({ providedIn: 'root' })
export class ErrorReporter {
  private readonly snackbar = inject(Snackbar);

  async report(error: unknown): Promise<void> {
    await this.snackbar.showError(textOf(error));
  }
}

/** What nobody caught is shown, and kept in the console for whoever looks for it. */
@Injectable()
export class GlobalErrorHandler implements ErrorHandler {
  private readonly errorReporter = inject(ErrorReporter);

  handleError(error: unknown): void {
    console.error(error);
    // What shows it may itself be out of reach; that must not be reported in turn.
    this.errorReporter.report(error).catch(() => undefined);
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof ApiError)) return $localize`Something went wrong on this page.`;
  return error.requestId
    ? $localize`${error.message}:message: (request ${error.requestId}:requestId:)`
    : error.message;
}
