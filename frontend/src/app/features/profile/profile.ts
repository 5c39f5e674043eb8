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

type Language = NonNullable<ApiRequest<'OneselfPatch'>['language']>;
const FIRST = { email: 'email', password: 'current-password' };

/** One's own account: what it says, how one signs in, and its end. */
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
  /** Which of the two that take a password is being changed. */
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
    [this.detailsSubmission, this.addressSubmission, this.passwordsSubmission].some(one =>
      one.busy(),
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

  /** Opens one form, or closes both; the focus goes along. */
  protected edit(what: 'email' | 'password' | null): void {
    const place = what ? 'form [autocomplete=' + FIRST[what] + ']' : `#edit-${this.editing()}`;
    this.address.reset();
    this.passwords.reset();
    this.addressSubmission.reset();
    this.passwordsSubmission.reset();
    this.editing.set(what);
    setTimeout(() => this.host.querySelector<HTMLElement>(place)?.focus());
  }

  protected async saveAddress(): Promise<void> {
    await this.addressSubmission.submit(async () => {
      this.session.update(await this.api.change(this.address.getRawValue()));
      this.edit(null);
      await this.snackbar.show($localize`Your address is changed; a mail asks you to confirm it.`);
    });
  }

  protected async savePassword(): Promise<void> {
    await this.passwordsSubmission.submit(async () => {
      await this.api.changePassword(this.passwords.getRawValue());
      this.edit(null);
      this.devices()?.reload();
      await this.snackbar.show(
        $localize`Your password is changed. Your other devices are signed out.`,
      );
    });
  }

  protected async verifyAgain(email: string): Promise<void> {
    await this.detailsSubmission.run(async () => {
      await this.api.verifyAgain(email);
      await this.snackbar.show($localize`A mail is on its way to you; open its link.`);
    });
  }

  /** Saves it at once; where that fails, the box says again what there was. */
  protected async chooseLanguage(box: HTMLSelectElement, before: string): Promise<void> {
    const language = box.value as Language;
    box.value = before;
    await this.detailsSubmission.run(async () => {
      this.session.update(await this.api.change({ language }));
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected async askToTeach(isAsked: boolean): Promise<void> {
    await this.detailsSubmission.run(async () => {
      this.session.update(await this.api.change({ instructor_requested: isAsked }));
      await this.snackbar.show(
        isAsked
          ? $localize`Your request is on its way to the admins.`
          : $localize`Your request is taken back.`,
      );
    });
  }

  protected async export(username: string): Promise<void> {
    await this.detailsSubmission.run(async () =>
      saveFile(`${username}.json`, await this.api.export()),
    );
  }

  protected async erase(username: string): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Erase your account?`,
      text: $localize`Your account, profile, enrolments, progress and notifications go for good. What you handed in to quizzes stays, without your name.`,
      action: $localize`Erase my account`,
      isDestructive: true,
      requiredText: username,
    });
    if (!agreed) return;
    await this.detailsSubmission.run(async () => {
      await this.api.erase();
      await this.session.signOut();
      await this.router.navigateByUrl('/');
      await this.snackbar.show($localize`Your account is erased.`);
    });
  }
}
