import { ChangeDetectionStrategy, Component, computed, inject, linkedSignal } from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { firstValueFrom, map } from 'rxjs';

import { FragmentParams } from '@core/navigation/fragment-params';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { AccountApi } from './account-api';
import { ShowPassword } from './show-password';

@Component({
  selector: 'lms-reset',
  imports: [ReactiveFormsModule, RouterLink, ShowPassword, TextField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  templateUrl: './reset.html',
})
export class Reset {
  private readonly api = inject(AccountApi);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly route = inject(ActivatedRoute);
  private readonly fragmentParams = inject(FragmentParams);
  /** The uid and token of the emailed link; a second link replaces them. */
  private readonly linkParams = toSignal(
    this.route.fragment.pipe(map(() => this.fragmentParams.take(this.route))),
    { requireSync: true },
  );
  protected readonly token = computed(() => this.linkParams().get('token') ?? '');
  protected readonly requestForm = this.forms.group({
    email: ['', [Validators.required, Validators.email]],
  });
  protected readonly passwordForm = this.forms.group({
    new_password1: ['', [Validators.required, Validators.minLength(10)]],
    new_password2: ['', Validators.required],
  });
  protected readonly requestSubmission = new FormSubmission(this.requestForm);
  protected readonly passwordSubmission = new FormSubmission(this.passwordForm);
  protected readonly done = linkedSignal({ source: this.linkParams, computation: () => false });

  protected requestLink(): Promise<void> {
    return this.requestSubmission.submit(async () => {
      await firstValueFrom(this.api.requestReset(this.requestForm.getRawValue().email));
      this.done.set(true);
    });
  }

  protected setPassword(): Promise<void> {
    const [uid, token] = [this.linkParams().get('uid') ?? '', this.token()];
    return this.passwordSubmission.submit(async () => {
      await firstValueFrom(this.api.reset({ uid, token, ...this.passwordForm.getRawValue() }));
      this.done.set(true);
    });
  }
}
