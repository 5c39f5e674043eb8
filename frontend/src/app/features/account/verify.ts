import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { rxResource, toSignal } from '@angular/core/rxjs-interop';
import { ActivatedRoute, RouterLink } from '@angular/router';
import { map, tap } from 'rxjs';

import { Session } from '@core/auth/session';
import { FragmentParams } from '@core/navigation/fragment-params';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { AccountApi } from './account-api';

@Component({
  selector: 'lms-verify',
  imports: [LoadError, Skeleton, RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './account.scss',
  template: `
    <div class="page narrow">
      <h1 i18n>Confirm your email address</h1>
      @if (!key()) {
        <p class="lead" i18n>Open the link in the email that we sent you.</p>
        <p i18n>Didn’t receive it? You can send it again from your profile.</p>
        <a class="button outlined" routerLink="/profile" i18n>Go to profile</a>
      } @else if (confirmation.error(); as error) {
        <lms-load-error
          title="Your email address could not be confirmed."
          i18n-title
          [error]="error"
          (retry)="confirmation.reload()"
        />
        <p class="after">
          <ng-container i18n>The link may have expired.</ng-container>&ngsp;
          <a routerLink="/profile" i18n>Send a new link from your profile.</a>
        </p>
      } @else if (confirmation.hasValue()) {
        <p class="notice" role="status" i18n>Your email address is confirmed.</p>
        <a class="button" routerLink="/dashboard" i18n>Go to My learning</a>
      } @else {
        <lms-skeleton height="3rem" />
      }
    </div>
  `,
})
export class Verify {
  private readonly api = inject(AccountApi);
  private readonly session = inject(Session);
  private readonly route = inject(ActivatedRoute);
  private readonly fragmentParams = inject(FragmentParams);
  /** The key of the emailed link; a second link replaces it. */
  protected readonly key = toSignal(
    this.route.fragment.pipe(map(() => this.fragmentParams.take(this.route).get('key'))),
    { requireSync: true },
  );
  protected readonly confirmation = rxResource({
    params: () => this.key() ?? undefined,
    stream: ({ params }) =>
      this.api.verify(params).pipe(
        map(() => true),
        tap(() => void this.refreshSession()),
      ),
  });

  /** Updates the signed-in user, whose address is confirmed now. */
  private async refreshSession(): Promise<void> {
    if (this.session.isSignedIn()) await this.session.renew().catch(() => undefined);
  }
}
