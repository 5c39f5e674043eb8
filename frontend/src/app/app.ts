import { DOCUMENT } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, RouterOutlet } from '@angular/router';

import { Session } from '@core/auth/session';
import { Marks } from '@core/offline/marks';
import { focusHeading } from '@core/navigation/focus';
import { Foot } from './shell/foot';
import { Head } from './shell/head';
import { LoadingBar } from './shell/loading-bar';
import { NewVersion } from './shell/new-version';
import { Offline } from './shell/offline';

@Component({
  selector: 'lms-root',
  imports: [RouterOutlet, Head, Foot, LoadingBar, NewVersion, Offline],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './app.scss',
  template: `
    <a class="skip" href="#main" (click)="skip($event)" i18n>Skip to the content</a>
    <lms-loading-bar />
    <lms-head />
    <lms-offline />
    <main id="main" tabindex="-1">
      <router-outlet />
    </main>
    <lms-foot />
    <lms-new-version />
  `,
})
export class App {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);

  constructor() {
    inject(Marks); // sends what waits
    const session = inject(Session);
    void session.restored();
    session.changedElsewhere.pipe(takeUntilDestroyed()).subscribe(() => void this.openAnew());
  }

  protected skip(event: Event): void {
    event.preventDefault(); // with a base address, `#main` alone would leave the page
    this.document.getElementById('main')?.focus();
    focusHeading(this.document);
  }

  /** Makes the page again, if whoever is signed in now may see it. */
  private async openAnew(): Promise<void> {
    const { url } = this.router;
    const hasLeft = await this.router.navigateByUrl('/', { skipLocationChange: true });
    if (hasLeft) await this.router.navigateByUrl(url);
  }
}
