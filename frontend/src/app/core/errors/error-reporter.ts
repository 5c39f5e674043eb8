import { ErrorHandler, Injectable, inject } from '@angular/core';

import { Snackbar } from '@core/snackbar/snackbar';
import { ApiError } from './api-error';

/** Shows an error with the request ID under which the server logged it. */
@Injectable({ providedIn: 'root' })
export class ErrorReporter {
  private readonly snackbar = inject(Snackbar);

  async report(error: unknown): Promise<void> {
    await this.snackbar.showError(textOf(error));
  }
}

/** Shows uncaught errors and logs them to the console. */
@Injectable()
export class GlobalErrorHandler implements ErrorHandler {
  private readonly errorReporter = inject(ErrorReporter);

  handleError(error: unknown): void {
    console.error(error);
    // Loading the snackbar may fail, too; reporting that would loop.
    this.errorReporter.report(error).catch(() => undefined);
  }
}

function textOf(error: unknown): string {
  if (!(error instanceof ApiError)) return $localize`Something went wrong on this page.`;
  return error.requestId
    ? $localize`${error.message}:message: (request ID: ${error.requestId}:requestId:)`
    : error.message;
}
