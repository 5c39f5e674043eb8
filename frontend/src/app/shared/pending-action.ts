import { inject, signal } from '@angular/core';

import { ErrorReporter } from '@core/errors/error-reporter';

/** What a component lets the server do, one thing at a time; a failure is reported. */
export class PendingAction {
  private readonly errorReporter = inject(ErrorReporter);
  private readonly underWay = signal(false);
  readonly busy = this.underWay.asReadonly();

  async run(work: () => Promise<unknown>): Promise<void> {
    this.underWay.set(true);
    try {
      await work();
    } catch (error) {
      await this.errorReporter.report(error);
    } finally {
      this.underWay.set(false);
    }
  }
}
