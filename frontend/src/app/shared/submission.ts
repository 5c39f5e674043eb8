import { ElementRef, inject, signal } from '@angular/core';
import { FormGroup } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';
import { Failures } from '@core/errors/failures';
import { focusFirstWrong, showFieldErrors } from './form-errors';

/** A form on its way to the server; made by the component that shows it. */
export class Submission {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly failures = inject(Failures);
  private readonly underWay = signal(false);
  private readonly refusal = signal('');
  readonly busy = this.underWay.asReadonly();
  /** Why it was refused, where no field is to blame. */
  readonly wrong = this.refusal.asReadonly();

  constructor(private readonly form: FormGroup) {}

  /** Sends the form, unless it is wrong already; what the server finds wrong is shown where it is. */
  async send(work: () => Promise<unknown>): Promise<void> {
    this.reset();
    if (this.form.invalid) {
      this.form.markAllAsTouched();
      focusFirstWrong(this.host);
      return;
    }
    await this.run(async () => {
      try {
        await work();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.refusal.set(showFieldErrors(this.form, error));
        focusFirstWrong(this.host);
      }
    });
  }

  /** Does something beside it, such as deleting what it shows. */
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

  reset(): void {
    this.refusal.set('');
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
