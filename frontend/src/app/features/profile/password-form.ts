import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  input,
  output,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';

import { Snackbar } from '@core/snackbar/snackbar';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { HasUnsavedChanges } from '@shared/unsaved-changes';
import { ProfileApi } from './profile-api';

/** Changes the password, which ends the user's other sessions. */
@Component({
  selector: 'lms-password-form',
  imports: [ReactiveFormsModule, TextField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './form.scss',
  templateUrl: './password-form.html',
})
export class PasswordForm implements HasUnsavedChanges {
  /** For password managers, which store the new password under this name. */
  readonly username = input.required<string>();
  readonly changed = output();
  readonly closed = output();

  private readonly api = inject(ProfileApi);
  private readonly snackbar = inject(Snackbar);
  private readonly destroyRef = inject(DestroyRef);
  protected readonly form = inject(NonNullableFormBuilder).group({
    old_password: ['', Validators.required],
    new_password1: ['', [Validators.required, Validators.minLength(10)]],
    new_password2: ['', Validators.required],
  });
  protected readonly submission = new FormSubmission(this.form);

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      await this.api.changePassword(this.form.getRawValue());
      if (!this.destroyRef.destroyed) {
        this.changed.emit();
        this.closed.emit();
      }
      await this.snackbar.show(
        $localize`Your password was changed. You were signed out on your other devices.`,
      );
    });
  }
}
