import { ChangeDetectionStrategy, Component, DestroyRef, inject, output } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';

import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { HasUnsavedChanges } from '@shared/unsaved-changes';
import { ProfileApi } from './profile-api';

/** Changes the email address. */
@Component({
  selector: 'lms-email-form',
  imports: [ReactiveFormsModule, TextField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './form.scss',
  template: `
    <form class="form" [formGroup]="form" (ngSubmit)="save()">
      @if (submission.error(); as message) {
        <p class="notice wrong" role="alert">{{ message }}</p>
      }
      <lms-text-field
        label="New email"
        i18n-label
        hint="We will email you a link to confirm it."
        i18n-hint
        type="email"
        autocomplete="email"
        [control]="form.controls.email"
      />
      <lms-text-field
        label="Current password"
        i18n-label
        type="password"
        autocomplete="current-password"
        [control]="form.controls.password"
      />
      <p class="actions">
        <button class="button" [disabled]="submission.busy()" i18n>Change email</button>
        <button class="button outlined" type="button" (click)="closed.emit()" i18n>Cancel</button>
      </p>
    </form>
  `,
})
export class EmailForm implements HasUnsavedChanges {
  readonly closed = output();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  private readonly destroyRef = inject(DestroyRef);
  protected readonly form = inject(NonNullableFormBuilder).group({
    email: ['', [Validators.required, Validators.email]],
    password: ['', Validators.required],
  });
  protected readonly submission = new FormSubmission(this.form);

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      this.session.update(await this.api.change(this.form.getRawValue()));
      if (!this.destroyRef.destroyed) this.closed.emit();
      await this.snackbar.show(
        $localize`Your email address was changed. We sent you a link to confirm it.`,
      );
    });
  }
}
