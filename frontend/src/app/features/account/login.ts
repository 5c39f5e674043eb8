import { ChangeDetectionStrategy, Component, inject, input, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { safeNext } from '@core/auth/safe-next';
import { Session } from '@core/auth/session';
import { errorMessageOf } from '@shared/form-errors';
import { FormSubmission } from '@shared/form-submission';

@Component({
  selector: 'lms-login',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  template: `
    <div class="page narrow">
      <h1 i18n>Sign in</h1>
      @if (next()) {
        <p class="lead" i18n>Sign in to continue.</p>
      }
      <form [formGroup]="form" (ngSubmit)="signIn()">
        @if (submission.error(); as message) {
          <p class="notice wrong" role="alert">{{ message }}</p>
        }
        <mat-form-field>
          <mat-label i18n>Username or email</mat-label>
          <input matInput formControlName="username" autocomplete="username" required />
          <mat-error>{{ errorMessageOf(form.controls.username) }}</mat-error>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Password</mat-label>
          <input
            matInput
            formControlName="password"
            [type]="isPasswordVisible() ? 'text' : 'password'"
            autocomplete="current-password"
            required
          />
          <mat-error>{{ errorMessageOf(form.controls.password) }}</mat-error>
        </mat-form-field>
        <label class="check">
          <input #show type="checkbox" (change)="isPasswordVisible.set(show.checked)" />
          <span i18n>Show password</span>
        </label>
        <button class="button" [disabled]="submission.busy()" i18n>Sign in</button>
      </form>
      <p><a routerLink="/reset" i18n>Forgot your password?</a></p>
      <p class="other">
        <ng-container i18n>New here?</ng-container>&ngsp;
        <a routerLink="/register" [queryParams]="{ next: next() }" i18n>Register</a>
      </p>
    </div>
  `,
})
export class Login {
  readonly next = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);
  protected readonly form = inject(NonNullableFormBuilder).group({
    username: ['', Validators.required],
    password: ['', Validators.required],
  });
  protected readonly submission = new FormSubmission(this.form);
  protected readonly isPasswordVisible = signal(false);
  protected readonly errorMessageOf = errorMessageOf;

  protected async signIn(): Promise<void> {
    await this.submission.submit(async () => {
      await this.session.signIn(this.form.getRawValue());
      await this.router.navigateByUrl(safeNext(this.next()));
    });
  }
}
