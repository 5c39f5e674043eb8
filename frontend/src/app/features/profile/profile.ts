import { DecimalPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  signal,
  untracked,
  viewChild,
} from '@angular/core';
import { FormGroup, NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { ApiRequest } from '@core/api/models';
import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { errorMessageOf } from '@shared/form-errors';
import { saveFile } from '@shared/save-file';
import { FormSubmission } from '@shared/form-submission';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { DeviceSessions } from './device-sessions';
import { Appearance } from './appearance';
import { OwnPicture } from './own-picture';
import { ProfileApi } from './profile-api';

type Language = NonNullable<ApiRequest<'CurrentUserPatch'>['language']>;
const FIRST_FIELD = { email: 'email', password: 'current-password' };

/** The current user's profile, sign-in details, sessions, and data. */
@Component({
  selector: 'lms-profile',
  imports: [
    DecimalPipe,
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    DeviceSessions,
    Appearance,
    OwnPicture,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './profile.scss',
  templateUrl: './profile.html',
})
export class Profile implements HasUnsavedChanges {
  private readonly api = inject(ProfileApi);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly session = inject(Session);
  private readonly devices = viewChild(DeviceSessions);
  /** Which of the two password-protected forms is open. */
  protected readonly editing = signal<'email' | 'password' | null>(null);
  protected readonly messageOf = errorMessageOf;

  protected readonly details = this.forms.group({
    bio: ['', Validators.maxLength(2000)],
  });
  protected readonly address = this.forms.group({
    email: ['', [Validators.required, Validators.email]],
    password: ['', Validators.required],
  });
  protected readonly passwords = this.forms.group({
    old_password: ['', Validators.required],
    new_password1: ['', [Validators.required, Validators.minLength(10)]],
    new_password2: ['', Validators.required],
  });
  protected readonly detailsSubmission = new FormSubmission(this.details);
  protected readonly addressSubmission = new FormSubmission(this.address);
  protected readonly passwordsSubmission = new FormSubmission(this.passwords);
  protected readonly busy = computed(() =>
    [this.detailsSubmission, this.addressSubmission, this.passwordsSubmission].some(submission =>
      submission.busy(),
    ),
  );

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const user = this.session.user();
      if (!user || this.details.dirty) return;
      untracked(() => this.details.reset({ bio: user.bio }));
    });
  }

  hasUnsavedChanges(): boolean {
    const forms: FormGroup[] = [this.details, this.address, this.passwords];
    return this.session.isSignedIn() && forms.some(form => form.dirty);
  }

  protected async saveDetails(): Promise<void> {
    await this.detailsSubmission.submit(async () => {
      const user = await this.api.change(this.details.getRawValue());
      this.details.markAsPristine();
      this.session.update(user);
      await this.snackbar.show($localize`Saved.`);
    });
  }

  /** Opens one form or closes both, and moves the focus. */
  protected edit(form: 'email' | 'password' | null): void {
    const focusTarget = form
      ? 'form [autocomplete=' + FIRST_FIELD[form] + ']'
      : `#edit-${this.editing()}`;
    this.address.reset();
    this.passwords.reset();
    this.addressSubmission.reset();
    this.passwordsSubmission.reset();
    this.editing.set(form);
    setTimeout(() => this.host.querySelector<HTMLElement>(focusTarget)?.focus());
  }

  protected async saveAddress(): Promise<void> {
    await this.addressSubmission.submit(async () => {
      this.session.update(await this.api.change(this.address.getRawValue()));
      this.edit(null);
      await this.snackbar.show(
        $localize`Your email address was changed. We sent you a link to confirm it.`,
      );
    });
  }

  protected async savePassword(): Promise<void> {
    await this.passwordsSubmission.submit(async () => {
      await this.api.changePassword(this.passwords.getRawValue());
      this.edit(null);
      this.devices()?.reload();
      await this.snackbar.show(
        $localize`Your password was changed. You were signed out on your other devices.`,
      );
    });
  }

  protected async resendConfirmation(email: string): Promise<void> {
    await this.detailsSubmission.run(async () => {
      await this.api.resendConfirmation(email);
      await this.snackbar.show(
        $localize`We sent you an email. Open the link in it to confirm your address.`,
      );
    });
  }

  /** Saves the language at once; if that fails, the select shows the previous one. */
  protected async chooseLanguage(box: HTMLSelectElement, previous: string): Promise<void> {
    const language = box.value as Language;
    box.value = previous;
    await this.detailsSubmission.run(async () => {
      this.session.update(await this.api.change({ language }));
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected async setInstructorRequest(isRequested: boolean): Promise<void> {
    await this.detailsSubmission.run(async () => {
      this.session.update(await this.api.change({ instructor_requested: isRequested }));
      await this.snackbar.show(
        isRequested ? $localize`Request sent to the admins.` : $localize`Request canceled.`,
      );
    });
  }

  protected async export(username: string): Promise<void> {
    await this.detailsSubmission.run(async () =>
      saveFile(`${username}.json`, await this.api.export()),
    );
  }

  protected async erase(username: string): Promise<void> {
    const isConfirmed = await this.confirm.ask({
      title: $localize`Delete your account?`,
      text: $localize`Your account, profile, enrollments, progress, and notifications will be permanently deleted. Your quiz submissions are kept without your name.`,
      action: $localize`Delete my account`,
      isDestructive: true,
      requiredText: username,
    });
    if (!isConfirmed) return;
    await this.detailsSubmission.run(async () => {
      await this.api.erase();
      await this.session.signOut();
      await this.router.navigateByUrl('/');
      await this.snackbar.show($localize`Your account has been deleted.`);
    });
  }
}
