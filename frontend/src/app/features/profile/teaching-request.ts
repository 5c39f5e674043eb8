import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { PendingAction } from '@shared/pending-action';
import { ProfileApi } from './profile-api';

/** Requests the instructor role, or cancels the request. */
@Component({
  selector: 'lms-teaching-request',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: block;
    }

    p:last-child {
      margin: 0;
    }
  `,
  template: `
    @if (isRequested()) {
      <p class="notice" i18n>Your request to become an instructor is awaiting review.</p>
    }
    <p>
      <button
        class="button outlined"
        type="button"
        [disabled]="pendingAction.busy()"
        (click)="request(!isRequested())"
      >
        @if (isRequested()) {
          <ng-container i18n>Cancel request</ng-container>
        } @else {
          <ng-container i18n>Request instructor role</ng-container>
        }
      </button>
    </p>
  `,
})
export class TeachingRequest {
  readonly isRequested = input.required<boolean>();

  private readonly api = inject(ProfileApi);
  private readonly session = inject(Session);
  private readonly snackbar = inject(Snackbar);
  protected readonly pendingAction = new PendingAction();

  protected async request(isRequested: boolean): Promise<void> {
    await this.pendingAction.run(async () => {
      this.session.update(await this.api.change({ instructor_requested: isRequested }));
      await this.snackbar.show(
        isRequested ? $localize`Request sent to the admins.` : $localize`Request canceled.`,
      );
    });
  }
}
