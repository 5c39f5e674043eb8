import { DOCUMENT } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { Router, RouterOutlet } from '@angular/router';

import { Session } from '@core/auth/session';
import { LessonCompletions } from '@core/offline/lesson-completions';
import { focusHeading } from '@core/navigation/heading-focus';
import { Footer } from './shell/footer';
import { Header } from './shell/header';
import { LoadingBar } from './shell/loading-bar';
import { UpdateBanner } from './shell/update-banner';
import { OfflineBanner } from './shell/offline-banner';

@Component({
  selector: 'lms-root',
  imports: [RouterOutlet, Header, Footer, LoadingBar, UpdateBanner, OfflineBanner],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './app.scss',
  template: `
    <a class="skip" href="#main" (click)="skip($event)" i18n>Skip to main content</a>
    <lms-loading-bar />
    <lms-header />
    <lms-offline-banner />
    <main id="main" tabindex="-1">
      <router-outlet />
    </main>
    <lms-footer />
    <lms-update-banner />
  `,
})
export class App {
  private readonly document = inject(DOCUMENT);
  private readonly router = inject(Router);

  constructor() {
    inject(LessonCompletions); // Sends pending completions.
    const session = inject(Session);
    void session.whenReady();
    session.changedElsewhere.pipe(takeUntilDestroyed()).subscribe(() => void this.reload());
  }

  protected skip(event: Event): void {
    event.preventDefault(); // Because of the base URL, `#main` would leave the page.
    this.document.getElementById('main')?.focus();
    focusHeading(this.document);
  }

  /** Loads the page again if the current user may see it. */
  private async reload(): Promise<void> {
    const { url } = this.router;
    const hasLeft = await this.router.navigateByUrl('/', { skipLocationChange: true });
    if (hasLeft) await this.router.navigateByUrl(url);
  }
}
