import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  linkedSignal,
  signal,
} from '@angular/core';
import { toSignal } from '@angular/core/rxjs-interop';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { firstValueFrom, map } from 'rxjs';

import { FragmentParams } from '@core/navigation/fragment-params';
import { errorMessageOf } from '@shared/form-errors';
import { FormSubmission } from '@shared/form-submission';
import { AccountApi } from './account-api';

@Component({
  selector: 'lms-reset',
  imports: [ReactiveFormsModule, MatFormFieldModule, MatInputModule, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  templateUrl: './reset.html',
})
export class Reset {
  private readonly api = inject(AccountApi);
  private readonly forms = inject(NonNullableFormBuilder);
  private readonly route = inject(ActivatedRoute);
  private readonly fragmentParams = inject(FragmentParams);
  /** Those of the mail’s link, until another is opened or asked for. */
  private readonly keys = toSignal(
    this.route.fragment.pipe(map(() => this.fragmentParams.take(this.route))),
    { requireSync: true },
  );
  protected readonly token = computed(() => this.keys().get('token') ?? '');
  protected readonly ask = this.forms.group({
    email: ['', [Validators.required, Validators.email]],
  });
  protected readonly set = this.forms.group({
    new_password1: ['', [Validators.required, Validators.minLength(10)]],
    new_password2: ['', Validators.required],
  });
  protected readonly asking = new FormSubmission(this.ask);
  protected readonly setting = new FormSubmission(this.set);
  protected readonly shown = signal(false);
  protected readonly done = linkedSignal({ source: this.keys, computation: () => false });
  protected readonly messageOf = errorMessageOf;

  protected askForMail(): Promise<void> {
    return this.asking.submit(async () => {
      await firstValueFrom(this.api.askForReset(this.ask.getRawValue().email));
      this.done.set(true);
    });
  }

  protected setPassword(): Promise<void> {
    const [uid, token] = [this.keys().get('uid') ?? '', this.token()];
    return this.setting.submit(async () => {
      await firstValueFrom(this.api.reset({ uid, token, ...this.set.getRawValue() }));
      this.done.set(true);
    });
  }
}
