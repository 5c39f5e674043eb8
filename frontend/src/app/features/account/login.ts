import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { Router, RouterLink } from '@angular/router';

import { safeNext } from '@core/auth/safe-next';
import { Session } from '@core/auth/session';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { ShowPassword } from './show-password';

@Component({
  selector: 'lms-login',
  imports: [ReactiveFormsModule, RouterLink, ShowPassword, TextField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  template: `
    <div class="page narrow">
      <h1 i18n>Sign in</h1>
      @if (next()) {
        <p class="lead" i18n>Sign in to continue.</p>
      }
      <form class="form" [formGroup]="form" (ngSubmit)="signIn()">
        @if (submission.error(); as message) {
          <p class="notice wrong" role="alert">{{ message }}</p>
        }
        <lms-text-field
          label="Username or email"
          i18n-label
          autocomplete="username"
          [control]="form.controls.username"
        />
        <lms-text-field
          label="Password"
          i18n-label
          autocomplete="current-password"
          [type]="showPassword.fieldType()"
          [control]="form.controls.password"
        />
        <lms-show-password #showPassword />
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

  protected async signIn(): Promise<void> {
    await this.submission.submit(async () => {
      await this.session.signIn(this.form.getRawValue());
      await this.router.navigateByUrl(safeNext(this.next()));
    });
  }
}
