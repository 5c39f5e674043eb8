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
  selector: 'lms-register',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  template: `
    <div class="page narrow">
      <h1 i18n>Register</h1>
      <p class="lead" i18n>An account keeps your place in every course that you take.</p>
      <form [formGroup]="form" (ngSubmit)="register()">
        @if (submission.error(); as message) {
          <p class="notice wrong" role="alert">{{ message }}</p>
        }
        <mat-form-field>
          <mat-label i18n>Username</mat-label>
          <input matInput formControlName="username" autocomplete="username" required />
          <mat-hint i18n>3 to 150 letters, digits and &#64;.+-_</mat-hint>
          <mat-error>{{ messageOf(form.controls.username) }}</mat-error>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>E-mail</mat-label>
          <input matInput type="email" formControlName="email" autocomplete="email" required />
          <mat-error>{{ messageOf(form.controls.email) }}</mat-error>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Password</mat-label>
          <input
            matInput
            formControlName="password1"
            [type]="shown() ? 'text' : 'password'"
            autocomplete="new-password"
            required
          />
          <mat-hint i18n>At least 10 characters</mat-hint>
          <mat-error>{{ messageOf(form.controls.password1) }}</mat-error>
        </mat-form-field>
        <mat-form-field>
          <mat-label i18n>Password once more</mat-label>
          <input
            matInput
            formControlName="password2"
            [type]="shown() ? 'text' : 'password'"
            autocomplete="new-password"
            required
          />
          <mat-error>{{ messageOf(form.controls.password2) }}</mat-error>
        </mat-form-field>
        <label class="check">
          <input #show type="checkbox" (change)="shown.set(show.checked)" />
          <span i18n>Show what I type</span>
        </label>
        <label class="check">
          <input type="checkbox" formControlName="is_instructor" />
          <span i18n>I want to teach, too; an admin will decide</span>
        </label>
        <button class="button" [disabled]="submission.busy()" i18n>Register</button>
      </form>
      <p class="other">
        <ng-container i18n>Have an account already?</ng-container>&ngsp;
        <a routerLink="/login" [queryParams]="{ next: next() }" i18n>Sign in</a>
      </p>
    </div>
  `,
})
export class Register {
  readonly next = input<string>();

  private readonly session = inject(Session);
  private readonly router = inject(Router);
  protected readonly form = inject(NonNullableFormBuilder).group({
    username: ['', [Validators.required, Validators.minLength(3)]],
    email: ['', [Validators.required, Validators.email]],
    password1: ['', [Validators.required, Validators.minLength(10)]],
    password2: ['', Validators.required],
    is_instructor: [false],
  });
  protected readonly submission = new FormSubmission(this.form);
  protected readonly shown = signal(false);
  protected readonly messageOf = errorMessageOf;

  protected async register(): Promise<void> {
    await this.submission.submit(async () => {
      await this.session.register(this.form.getRawValue());
      await this.router.navigateByUrl(safeNext(this.next()));
    });
  }
}
