import { DatePipe, DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';

import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { PendingAction } from '@shared/pending-action';
import { deviceOf } from './device';
import { DeviceSession, ProfileApi } from './profile-api';

const SHOWN_FIRST = 5;

/** The devices one is signed in on, and a way to end what one does not know or need. */
@Component({
  selector: 'lms-device-sessions',
  imports: [DatePipe, DecimalPipe, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './device-sessions.scss',
  template: `
    @if (sessions.error(); as error) {
      <lms-load-error [error]="error" (retry)="sessions.reload()" />
    } @else if (sessions.isLoading() && sessions.value().count === 0) {
      <lms-skeleton [count]="2" height="3.75rem" />
    } @else {
      <ul>
        @for (one of shown(); track one.id) {
          <li>
            <div class="text">
              <p class="device">
                {{ deviceOf(one.user_agent) || unknown }}
                @if (one.current) {
                  <span class="badge" i18n>This device</span>
                }
              </p>
              <p class="quiet" i18n>
                {{ one.address }}, last used {{ one.last_used_at | date: 'mediumDate' }},
                {{ one.last_used_at | date: 'shortTime' }}
              </p>
            </div>
            @if (!one.current) {
              <button
                class="button outlined"
                type="button"
                [disabled]="pendingAction.busy()"
                (click)="end(one)"
              >
                <ng-container i18n>Sign out</ng-container>
                <span class="visually-hidden">: {{ deviceOf(one.user_agent) || unknown }}</span>
              </button>
            }
          </li>
        }
      </ul>
      @if (others().length > 1) {
        <p class="actions">
          @if (shown().length < ordered().length) {
            <button class="button outlined" type="button" (click)="showsAll.set(true)" i18n>
              Show all {{ ordered().length | number }}
            </button>
          }
          <button
            class="button outlined destructive"
            type="button"
            [disabled]="pendingAction.busy()"
            (click)="endOthers()"
            i18n
          >
            Sign out everywhere else
          </button>
        </p>
      }
    }
  `,
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
    this.sessions.value().results.filter(one => !one.current),
  );
  protected readonly showsAll = signal(false);
  protected readonly ordered = computed(() => {
    const own = this.sessions.value().results.filter(one => one.current);
    return [...own, ...this.others()];
  });
  protected readonly shown = computed(() =>
    this.showsAll() ? this.ordered() : this.ordered().slice(0, SHOWN_FIRST),
  );

  /** To be called when others have ended. */
  reload(): void {
    this.sessions.reload();
  }

  protected async end(one: DeviceSession): Promise<void> {
    await this.change(async () => {
      await this.api.endSession(one.id);
      await this.snackbar.show($localize`That device is signed out.`);
    });
  }

  protected async endOthers(): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Sign out everywhere else?`,
      text: $localize`Every device but this one has to sign in again.`,
      action: $localize`Sign out the others`,
      isDestructive: true,
    });
    if (!agreed) return;
    await this.change(async () => {
      await Promise.all(this.others().map(one => this.api.endSession(one.id)));
      await this.snackbar.show($localize`You are signed in on this device alone.`);
    });
  }

  private async change(work: () => Promise<void>): Promise<void> {
    await this.pendingAction.run(work);
    this.sessions.reload();
  }
}
