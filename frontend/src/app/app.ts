import { DOCUMENT } from '@angular/common';
import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { RouterOutlet } from '@angular/router';

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

  constructor() {
    inject(Marks); // sends what waits
    void inject(Session).restored();
  }

  protected skip(event: Event): void {
    event.preventDefault(); // with a base address, `#main` alone would leave the page
    this.document.getElementById('main')?.focus();
    focusHeading(this.document);
  }
}
