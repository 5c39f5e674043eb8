import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { Router, RouterLink } from '@angular/router';

import { safeNext } from '@core/auth/safe-next';
import { Session } from '@core/auth/session';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { ShowPassword } from './show-password';

@Component({
  selector: 'lms-register',
  imports: [ReactiveFormsModule, RouterLink, ShowPassword, TextField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  templateUrl: './register.html',
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

  protected async register(): Promise<void> {
    await this.submission.submit(async () => {
      await this.session.register(this.form.getRawValue());
      await this.router.navigateByUrl(safeNext(this.next()));
    });
  }
}
