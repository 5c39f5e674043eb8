import { HttpErrorResponse } from '@angular/common/http';
import { FormControl, FormGroup, Validators } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';
import { errorMessageOf, showFieldErrors } from './form-errors';

function refusal(error: object): ApiError {
  return new ApiError(new HttpErrorResponse({ status: 400, error }));
}

describe('showFieldErrors', () => {
  const form = () => new FormGroup({ email: new FormControl(''), name: new FormControl('') });

  it('puts each message at its field and returns nothing else', () => {
    const shown = form();

    expect(showFieldErrors(shown, refusal({ email: ['Taken.'] }))).toBe('');
    expect(errorMessageOf(shown.controls.email)).toBe('Taken.');
    expect(shown.controls.email.touched).toBe(true);
  });

  it('returns errors that belong to no field', () => {
    const error = refusal({ email: ['Taken.'], token: ['Invalid value'] });

    expect(showFieldErrors(form(), error)).toBe('Invalid value');
  });

  it('returns the error message without field errors', () => {
    expect(showFieldErrors(form(), refusal({ detail: 'Later.' }))).toBe('Later.');
  });

  it('rethrows other errors', () => {
    const error = new Error('a fault of ours');
    const show = () => showFieldErrors(form(), error);

    expect(show).toThrow(error);
  });
});

describe('errorMessageOf', () => {
  it.each([
    ['', Validators.required, 'required'],
    ['x', Validators.email, 'valid email address'],
    ['x', Validators.minLength(10), '10'],
    ['x', Validators.maxLength(0), 'valid value'],
    ['x', Validators.required, ''],
  ])('describes "%s"', (value, validator, expected) => {
    const message = errorMessageOf(new FormControl(value, validator));

    expect(message).toContain(expected);
    expect(message === '').toBe(expected === '');
  });
});
