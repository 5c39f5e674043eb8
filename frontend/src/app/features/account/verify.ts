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
      <h1 i18n>Confirm your address</h1>
      @if (!key()) {
        <p class="lead" i18n>Open the link from the mail that we sent you.</p>
        <p i18n>There is none? Your profile sends you another.</p>
        <a class="button outlined" routerLink="/profile" i18n>To my profile</a>
      } @else if (confirmed.error(); as error) {
        <lms-load-error
          title="Your address could not be confirmed."
          i18n-title
          [error]="error"
          (retry)="confirmed.reload()"
        />
        <p class="after">
          <ng-container i18n>The link may be too old.</ng-container>&ngsp;
          <a routerLink="/profile" i18n>Your profile sends you another.</a>
        </p>
      } @else if (confirmed.hasValue()) {
        <p class="notice" role="status" i18n>Your address is confirmed. Thank you!</p>
        <a class="button" routerLink="/dashboard" i18n>To my learning</a>
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
  /** That of the mail’s link, until another is opened. */
  protected readonly key = toSignal(
    this.route.fragment.pipe(map(() => this.fragmentParams.take(this.route).get('key'))),
    { requireSync: true },
  );
  protected readonly confirmed = rxResource({
    params: () => this.key() ?? undefined,
    stream: ({ params }) =>
      this.api.verify(params).pipe(
        map(() => true),
        tap(() => void this.tellSession()),
      ),
  });

  /** Whoever is signed in here is known as confirmed from now on. */
  private async tellSession(): Promise<void> {
    if (this.session.isSignedIn()) await this.session.renew().catch(() => undefined);
  }
}
