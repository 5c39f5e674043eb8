import { ElementRef, inject, signal } from '@angular/core';
import { FormGroup } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';
import { focusFirstInvalid, showFieldErrors } from './form-errors';
import { PendingAction } from './pending-action';

/** Submits a form and shows the server's errors; create it in the component that has the form. */
export class FormSubmission extends PendingAction {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly formError = signal('');
  /** The error message that belongs to no field. */
  readonly error = this.formError.asReadonly();

  constructor(private readonly form: FormGroup) {
    super();
  }

  /** Submits a valid form and shows the server's errors at their fields. */
  async submit(send: () => Promise<unknown>): Promise<void> {
    this.reset();
    if (this.form.invalid) {
      this.form.markAllAsTouched();
      focusFirstInvalid(this.host);
      return;
    }
    await this.run(async () => {
      try {
        await send();
      } catch (error) {
        if (!isClientError(error)) throw error;
        this.formError.set(showFieldErrors(this.form, error));
        focusFirstInvalid(this.host);
      }
    });
  }

  reset(): void {
    this.formError.set('');
  }
}

function isClientError(error: unknown): boolean {
  return error instanceof ApiError && error.status >= 400 && error.status < 500;
}
