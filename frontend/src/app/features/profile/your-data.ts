import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { Router } from '@angular/router';

import { User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { PendingAction } from '@shared/pending-action';
import { saveFile } from '@shared/save-file';
import { ProfileApi } from './profile-api';

/** Downloads the current user's data, or deletes the account. */
@Component({
  selector: 'lms-your-data',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './parts.scss',
  templateUrl: './your-data.html',
})
export class YourData {
  readonly user = input.required<User>();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  protected readonly pendingAction = new PendingAction();

  protected async export(): Promise<void> {
    await this.pendingAction.run(async () =>
      saveFile(`${this.user().username}.json`, await this.api.export()),
    );
  }

  protected async erase(): Promise<void> {
    const isConfirmed = await this.confirm.ask({
      title: $localize`Delete your account?`,
      text: $localize`Your account, profile, enrollments, progress, and notifications will be permanently deleted. Your quiz submissions are kept without your name.`,
      action: $localize`Delete my account`,
      isDestructive: true,
      requiredText: this.user().username,
    });
    if (!isConfirmed) return;
    await this.pendingAction.run(async () => {
      await this.api.erase();
      await this.session.signOut();
      await this.router.navigateByUrl('/');
      await this.snackbar.show($localize`Your account has been deleted.`);
    });
  }
}
