import { DatePipe, DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { deviceOf } from './device';
import { DeviceSession, ProfileApi } from './profile-api';

const COLLAPSED_COUNT = 5;

/** Lists the user's sessions and ends them. */
@Component({
  selector: 'lms-device-sessions',
  imports: [DatePipe, DecimalPipe, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './device-sessions.scss',
  templateUrl: './device-sessions.html',
})
export class DeviceSessions {
  private readonly api = inject(ProfileApi);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  protected readonly sessions = this.api.sessions();
  protected readonly pendingAction = new PendingAction();
  protected readonly unknown = $localize`Unknown device`;
  protected readonly deviceOf = deviceOf;
  protected readonly others = computed(() =>
    this.sessions.value().results.filter(({ current }) => !current),
  );
  protected readonly isExpanded = signal(false);
  protected readonly ordered = computed(() => {
    const own = this.sessions.value().results.filter(({ current }) => current);
    return [...own, ...this.others()];
  });
  protected readonly visible = computed(() =>
    this.isExpanded() ? this.ordered() : this.ordered().slice(0, COLLAPSED_COUNT),
  );

  /** Reloads the list after other sessions have ended. */
  reload(): void {
    this.sessions.reload();
  }

  protected async end(session: DeviceSession): Promise<void> {
    await this.change(async () => {
      await this.api.endSession(session.id);
      await this.snackbar.show($localize`You signed out on that device.`);
    });
  }

  protected async endOthers(): Promise<void> {
    const isConfirmed = await this.confirm.ask({
      title: $localize`Sign out everywhere else?`,
      text: $localize`You will have to sign in again on all other devices.`,
      action: $localize`Sign out other devices`,
      isDestructive: true,
    });
    if (!isConfirmed) return;
    await this.change(async () => {
      await Promise.all(this.others().map(session => this.api.endSession(session.id)));
      await this.snackbar.show($localize`You are now signed in on this device only.`);
    });
  }

  private async change(action: () => Promise<void>): Promise<void> {
    await this.pendingAction.run(action);
    this.sessions.reload();
  }
}
