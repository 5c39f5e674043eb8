import { AbstractControl, FormGroup } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';

/** Puts the server's messages at the controls that they are about; returns what concerns none. */
export function showFieldErrors(form: FormGroup, error: unknown): string {
  if (!(error instanceof ApiError)) throw error;
  const named = Object.entries(error.fields).filter(([name]) => form.get(name));
  for (const [name, messages] of named) {
    form.get(name)?.setErrors({ server: messages.join(' ') });
  }
  form.markAllAsTouched();
  const rest = Object.keys(error.fields).length - named.length;
  return named.length > 0 && rest === 0 ? '' : messageOfRest(error, form);
}

/** The one message to show at a control. */
export function errorMessageOf(control: AbstractControl): string {
  const errors = control.errors ?? {};
  if (typeof errors['server'] === 'string') return errors['server'];
  if (errors['required']) return $localize`This is needed.`;
  if (errors['email']) return $localize`This is no e-mail address.`;
  if (errors['minlength']) {
    const { requiredLength } = errors['minlength'] as { requiredLength: number };
    return $localize`At least ${requiredLength}:count: characters.`;
  }
  return control.invalid ? $localize`This is not valid.` : '';
}

/** Puts the focus on the first field that is wrong. */
export function focusFirstInvalid(host: HTMLElement): void {
  setTimeout(() =>
    host.querySelector<HTMLElement>('form .ng-invalid:is(input, textarea, select)')?.focus(),
  );
}

function messageOfRest(error: ApiError, form: FormGroup): string {
  const others = Object.entries(error.fields).filter(([name]) => !form.get(name));
  return others.flatMap(([, messages]) => messages).join(' ') || error.message;
}
