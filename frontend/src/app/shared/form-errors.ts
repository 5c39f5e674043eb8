import { AbstractControl, FormGroup } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';

/** Sets the server's messages on their controls and returns the message that belongs to none. */
export function showFieldErrors(form: FormGroup, error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  const matched = Object.entries(error.fields).filter(([name]) => form.get(name));
  for (const [name, messages] of matched) {
    form.get(name)?.setErrors({ server: messages.join(' ') });
  }
  form.markAllAsTouched();
  const rest = Object.keys(error.fields).length - matched.length;
  return matched.length > 0 && rest === 0 ? '' : generalMessage(error, form);
}

/** Returns the message to show at a control. */
export function errorMessageOf(control: AbstractControl): string {
  const errors = control.errors ?? {};
  if (typeof errors['server'] === 'string') return errors['server'];
  if (errors['required']) return $localize`This field is required.`;
  if (errors['email']) return $localize`Enter a valid email address.`;
  if (errors['minlength']) {
    const { requiredLength } = errors['minlength'] as { requiredLength: number };
    return $localize`Enter at least ${requiredLength}:count: characters.`;
  }
  return control.invalid ? $localize`Enter a valid value.` : '';
}

/** Focuses the first invalid field. */
export function focusFirstInvalid(host: HTMLElement): void {
  setTimeout(() =>
    host.querySelector<HTMLElement>('form .ng-invalid:is(input, textarea, select)')?.focus(),
  );
}

function generalMessage(error: ApiError, form: FormGroup): string {
  const others = Object.entries(error.fields).filter(([name]) => !form.get(name));
  return others.flatMap(([, messages]) => messages).join(' ') || error.message;
}
