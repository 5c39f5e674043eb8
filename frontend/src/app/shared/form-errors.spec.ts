import { HttpErrorResponse } from '@angular/common/http';
import { FormControl, FormGroup, Validators } from '@angular/forms';

import { ApiError } from '@core/errors/api-error';
import { errorMessageOf, showFieldErrors } from './form-errors';

function refusal(error: object): ApiError {
  return new ApiError(new HttpErrorResponse({ status: 400, error }));
}

describe('showFieldErrors', () => {
  const form = () => new FormGroup({ email: new FormControl(''), name: new FormControl('') });

  it('puts each message at its field and says no more', () => {
    const shown = form();

    expect(showFieldErrors(shown, refusal({ email: ['Taken.'] }))).toBe('');
    expect(errorMessageOf(shown.controls.email)).toBe('Taken.');
    expect(shown.controls.email.touched).toBe(true);
  });

  it('returns what concerns no field of the form', () => {
    const error = refusal({ email: ['Taken.'], token: ['Invalid value'] });

    expect(showFieldErrors(form(), error)).toBe('Invalid value');
  });

  it('returns the refusal’s own words where no field is to blame', () => {
    expect(showFieldErrors(form(), refusal({ detail: 'Later.' }))).toBe('Later.');
  });

  it('hands on what is no refusal', () => {
    const error = new Error('a fault of ours');
    const show = () => showFieldErrors(form(), error);

    expect(show).toThrow(error);
  });
});

describe('messageOf', () => {
  it.each([
    ['', Validators.required, 'needed'],
    ['x', Validators.email, 'e-mail'],
    ['x', Validators.minLength(10), '10'],
    ['x', Validators.maxLength(0), 'not valid'],
    ['x', Validators.required, ''],
  ])('says what is wrong with "%s"', (value, validator, said) => {
    const message = errorMessageOf(new FormControl(value, validator));

    expect(message).toContain(said);
    expect(message === '').toBe(said === '');
  });
});
