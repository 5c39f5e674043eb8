import { HttpErrorResponse } from '@angular/common/http';
import { Component, inject } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { Subject, lastValueFrom } from 'rxjs';

import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { FormSubmission } from './form-submission';

@Component({
  selector: 'lms-one',
  imports: [ReactiveFormsModule],
  template: `<form [formGroup]="form"><input formControlName="name" /></form>`,
})
class FormHost {
  readonly form = inject(NonNullableFormBuilder).group({ name: ['', Validators.required] });
  readonly submission = new FormSubmission(this.form);
}

describe('FormSubmission', () => {
  const report = vi.fn(async () => undefined);
  let page: HTMLElement;

  function start(name = 'Ada') {
    TestBed.configureTestingModule({
      providers: [{ provide: ErrorReporter, useValue: { report } }],
    });
    const fixture = TestBed.createComponent(FormHost);
    page = fixture.nativeElement as HTMLElement;
    document.body.append(page);
    fixture.componentInstance.form.setValue({ name });
    fixture.detectChanges();
    return fixture.componentInstance;
  }

  const failure = (status: number, error: object = { detail: 'No.' }) =>
    new ApiError(new HttpErrorResponse({ status, error }));

  beforeEach(() => report.mockClear());
  afterEach(() => page.remove());

  it('is busy until the server has responded', async () => {
    const { submission } = start();
    const answer = new Subject();
    const done = submission.submit(() => lastValueFrom(answer, { defaultValue: null }));
    expect(submission.busy()).toBe(true);
    answer.complete();
    await done;

    expect(submission.busy()).toBe(false);
  });

  it('submits nothing invalid and focuses the first invalid field', async () => {
    const { form, submission } = start('');
    const work = vi.fn(async () => undefined);
    await submission.submit(work);

    expect(work).not.toHaveBeenCalled();
    expect(form.controls.name.touched).toBe(true);
    await vi.waitFor(() => expect(document.activeElement).toBe(page.querySelector('input')));
  });

  it('shows an error at its field or above the form until the next submit', async () => {
    const { form, submission } = start();
    await submission.submit(() => Promise.reject(failure(400, { name: ['Taken.'] })));
    expect(form.controls.name.errors).toEqual({ server: 'Taken.' });
    expect(submission.error()).toBe('');

    form.setValue({ name: 'Bob' });
    await submission.submit(() => Promise.reject(failure(409)));
    expect(submission.error()).toBe('No.');
    await submission.submit(async () => undefined);
    expect(submission.error()).toBe('');
    expect(report).not.toHaveBeenCalled();
  });

  it('reports other errors', async () => {
    const { submission } = start();
    const away = failure(503);
    await submission.submit(() => Promise.reject(away));
    expect(report).toHaveBeenLastCalledWith(away);

    const refused = failure(409);
    await submission.run(() => Promise.reject(refused));
    expect(report).toHaveBeenLastCalledWith(refused);
    expect(submission.error()).toBe('');
    expect(submission.busy()).toBe(false);
  });
});
