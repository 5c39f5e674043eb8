import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  input,
  output,
  signal,
  viewChild,
} from '@angular/core';

import { User } from '@core/api/models';
import { Snackbar } from '@core/snackbar/snackbar';
import { PendingAction } from '@shared/pending-action';
import { HasUnsavedChanges } from '@shared/unsaved-changes';
import { EmailForm } from './email-form';
import { PasswordForm } from './password-form';
import { ProfileApi } from './profile-api';

type EditForm = 'email' | 'password';
const FIRST_FIELD = { email: 'email', password: 'current-password' };

/** The email address and the password, each with a form to change it. */
@Component({
  selector: 'lms-sign-in-details',
  imports: [EmailForm, PasswordForm],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './parts.scss',
  templateUrl: './sign-in-details.html',
})
export class SignInDetails implements HasUnsavedChanges {
  readonly user = input.required<User>();
  readonly passwordChange = output();

  private readonly api = inject(ProfileApi);
  private readonly snackbar = inject(Snackbar);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly emailForm = viewChild(EmailForm);
  private readonly passwordForm = viewChild(PasswordForm);
  private readonly openForm = computed(() => this.emailForm() ?? this.passwordForm());
  protected readonly editing = signal<EditForm | null>(null);
  protected readonly pendingAction = new PendingAction();

  hasUnsavedChanges(): boolean {
    return this.openForm()?.hasUnsavedChanges() ?? false;
  }

  /** Opens one form or closes both, and moves the focus. */
  protected edit(form: EditForm | null): void {
    const focusTarget = form
      ? `form input[autocomplete=${FIRST_FIELD[form]}]`
      : `#edit-${this.editing()}`;
    this.editing.set(form);
    setTimeout(() => this.host.querySelector<HTMLElement>(focusTarget)?.focus());
  }

  protected async resendConfirmation(): Promise<void> {
    await this.pendingAction.run(async () => {
      await this.api.resendConfirmation(this.user().email);
      await this.snackbar.show(
        $localize`We sent you an email. Open the link in it to confirm your address.`,
      );
    });
  }
}
