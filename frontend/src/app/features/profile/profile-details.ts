import { DecimalPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  effect,
  inject,
  input,
  untracked,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { errorMessageOf } from '@shared/form-errors';
import { FormSubmission } from '@shared/form-submission';
import { HasUnsavedChanges } from '@shared/unsaved-changes';
import { ProfileApi } from './profile-api';

/** What others see of the current user, besides the picture. */
@Component({
  selector: 'lms-profile-details',
  imports: [DecimalPipe, ReactiveFormsModule, MatFormFieldModule, MatInputModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './form.scss',
  template: `
    <form class="form" [formGroup]="form" (ngSubmit)="save()">
      @if (submission.error(); as message) {
        <p class="notice wrong" role="alert">{{ message }}</p>
      }
      <mat-form-field>
        <mat-label i18n>About you</mat-label>
        <textarea matInput #bio formControlName="bio" rows="4" maxlength="2000"></textarea>
        <mat-hint align="end">{{ bio.value.length | number }} / {{ 2000 | number }}</mat-hint>
        <mat-error>{{ errorMessageOf(form.controls.bio) }}</mat-error>
      </mat-form-field>
      <p class="actions">
        <button class="button" [disabled]="submission.busy() || !form.dirty" i18n>Save</button>
      </p>
    </form>
  `,
})
export class ProfileDetails implements HasUnsavedChanges {
  readonly user = input.required<User>();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  protected readonly form = inject(NonNullableFormBuilder).group({
    bio: ['', Validators.maxLength(2000)],
  });
  protected readonly submission = new FormSubmission(this.form);
  protected readonly errorMessageOf = errorMessageOf;

  constructor() {
    effect(() => {
      const { bio } = this.user();
      if (!this.form.dirty) untracked(() => this.form.reset({ bio }));
    });
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      const user = await this.api.change(this.form.getRawValue());
      this.form.markAsPristine();
      this.session.update(user);
      await this.snackbar.show($localize`Saved.`);
    });
  }
}
