import { inject, signal } from '@angular/core';

import { Failures } from '@core/errors/failures';

/** What a component lets the server do, one thing at a time; a failure is reported. */
export class Work {
  private readonly failures = inject(Failures);
  private readonly underWay = signal(false);
  readonly busy = this.underWay.asReadonly();

  async run(work: () => Promise<unknown>): Promise<void> {
    this.underWay.set(true);
    try {
      await work();
    } catch (error) {
      await this.failures.report(error);
    } finally {
      this.underWay.set(false);
    }
  }
}
