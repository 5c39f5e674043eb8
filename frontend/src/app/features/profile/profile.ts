import { DatePipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  effect,
  inject,
  signal,
  untracked,
} from '@angular/core';
import { FormGroup, NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { Sent } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { Failures } from '@core/errors/failures';
import { Notes } from '@core/notes/notes';
import { Confirm } from '@shared/confirm';
import { Failed } from '@shared/failed';
import { focusFirstWrong, messageOf, showFieldErrors } from '@shared/form-errors';
import { saveFile } from '@shared/save-file';
import { Skeleton } from '@shared/skeleton';
import { MayHaveUnsaved, askBeforeUnload } from '@shared/unsaved';
import { deviceOf } from './device';
import { DeviceSession, ProfileApi } from './profile-api';

type Language = NonNullable<Sent<'OneselfPatch'>['language']>;

/** One's own account: what it says, how one signs in, and its end. */
@Component({
  selector: 'lms-profile',
  imports: [
    DatePipe,
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    Failed,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './profile.scss',
  templateUrl: './profile.html',
})
export class Profile implements MayHaveUnsaved {
  private readonly api = inject(ProfileApi);
  private readonly router = inject(Router);
  private readonly notes = inject(Notes);
  private readonly confirm = inject(Confirm);
  private readonly failures = inject(Failures);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly session = inject(Session);
  protected readonly sessions = this.api.sessions();
  protected readonly busy = signal(false);
  protected readonly wrong = signal<{ readonly form: FormGroup; readonly message: string } | null>(
    null,
  );
  protected readonly messageOf = messageOf;
  protected readonly deviceOf = deviceOf;

  protected readonly details = this.forms.group({
    bio: ['', Validators.maxLength(2000)],
    language: ['en' as Language],
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

  constructor() {
    askBeforeUnload(this);
    effect(() => {
      const user = this.session.user();
      if (!user || this.details.dirty) return;
      untracked(() => this.details.reset({ bio: user.bio, language: user.language as Language }));
    });
  }

  hasUnsaved(): boolean {
    const forms: FormGroup[] = [this.details, this.address, this.passwords];
    return this.session.isSignedIn() && forms.some(form => form.dirty);
  }

  protected async saveDetails(): Promise<void> {
    await this.submit(this.details, async () => {
      const user = await this.api.change(this.details.getRawValue());
      this.details.markAsPristine();
      this.session.update(user);
      await this.notes.say($localize`Saved.`);
    });
  }

  protected async saveAddress(): Promise<void> {
    await this.submit(this.address, async () => {
      this.session.update(await this.api.change(this.address.getRawValue()));
      this.address.reset();
      await this.notes.say($localize`Your address is changed; a mail asks you to confirm it.`);
    });
  }

  protected async savePassword(): Promise<void> {
    await this.submit(this.passwords, async () => {
      await this.api.changePassword(this.passwords.getRawValue());
      this.passwords.reset();
      this.sessions.reload();
      await this.notes.say($localize`Your password is changed. Your other sessions have ended.`);
    });
  }

  protected async verifyAgain(email: string): Promise<void> {
    await this.change(async () => {
      await this.api.verifyAgain(email);
      await this.notes.say($localize`A mail is on its way.`);
    });
  }

  protected async patch(body: Sent<'OneselfPatch'>, said: string): Promise<void> {
    await this.change(async () => {
      this.session.update(await this.api.change(body));
      await this.notes.say(said);
    });
  }

  protected async askToTeach(): Promise<void> {
    await this.patch(
      { instructor_requested: true },
      $localize`Your request is on its way to the admins.`,
    );
  }

  protected async upload(box: HTMLInputElement, user: string): Promise<void> {
    const file = box.files?.[0];
    box.value = '';
    if (!file) return;
    await this.change(async () => {
      this.session.update(await this.api.picture(user, file));
    });
  }

  protected async removePicture(): Promise<void> {
    await this.patch({ profile_picture: null }, $localize`Your picture is removed.`);
  }

  protected async endSession(one: DeviceSession): Promise<void> {
    await this.change(async () => {
      await this.api.endSession(one.id);
      this.sessions.reload();
      await this.notes.say($localize`That session has ended.`);
    });
  }

  protected async export(username: string): Promise<void> {
    await this.change(async () => saveFile(`${username}.json`, await this.api.export()));
  }

  protected async erase(username: string): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Erase your account?`,
      text: $localize`Your account, profile, enrolments, progress and notifications go for good. What you handed in to quizzes stays, without your name.`,
      action: $localize`Erase my account`,
      isGrave: true,
      typed: username,
    });
    if (!agreed) return;
    await this.change(async () => {
      await this.api.erase();
      await this.session.signOut();
      await this.router.navigateByUrl('/');
      await this.notes.say($localize`Your account is erased.`);
    });
  }

  private async submit(form: FormGroup, work: () => Promise<void>): Promise<void> {
    this.wrong.set(null);
    if (form.invalid) {
      form.markAllAsTouched();
      focusFirstWrong(this.host);
      return;
    }
    await this.change(work, form);
  }

  private async change(work: () => Promise<void>, form?: FormGroup): Promise<void> {
    this.busy.set(true);
    try {
      await work();
    } catch (error) {
      if (form && error instanceof ApiError && error.status === 400) {
        this.wrong.set({ form, message: showFieldErrors(form, error) });
        focusFirstWrong(this.host);
      } else {
        await this.failures.report(error);
      }
    } finally {
      this.busy.set(false);
    }
  }
}
