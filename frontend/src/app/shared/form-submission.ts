import { ElementRef, inject, signal } from '@angular/core';
import { FormGroup } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';
import { focusFirstInvalid, showFieldErrors } from './form-errors';
import { PendingAction } from './pending-action';

/** A form on its way to the server, and what is done beside it; made by the component that shows it. */
export class FormSubmission extends PendingAction {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly refusal = signal('');
  /** Why it was refused, where no field is to blame. */
  readonly error = this.refusal.asReadonly();

  constructor(private readonly form: FormGroup) {
    super();
  }

  /** Sends the form, unless it is wrong already; what the server finds wrong is shown where it is. */
  async submit(work: () => Promise<unknown>): Promise<void> {
    this.reset();
    if (this.form.invalid) {
      this.form.markAllAsTouched();
      focusFirstInvalid(this.host);
      return;
    }
    await this.run(async () => {
      try {
        await work();
      } catch (error) {
        if (!isRefusal(error)) throw error;
        this.refusal.set(showFieldErrors(this.form, error));
        focusFirstInvalid(this.host);
      }
    });
  }

  reset(): void {
    this.refusal.set('');
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
