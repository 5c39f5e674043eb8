import { inject, signal } from '@angular/core';

import { ErrorReporter } from '@core/errors/error-reporter';

/** Runs an action on the server; `busy` is true meanwhile, and failures are reported. */
export class PendingAction {
  private readonly errorReporter = inject(ErrorReporter);
  private readonly isRunning = signal(false);
  readonly busy = this.isRunning.asReadonly();

  async run(action: () => Promise<unknown>): Promise<void> {
    this.isRunning.set(true);
    try {
      await action();
    } catch (error) {
      await this.errorReporter.report(error);
    } finally {
      this.isRunning.set(false);
    }
  }
}
