import { ChangeDetectionStrategy, Component, LOCALE_ID, inject, signal } from '@angular/core';
import { NavigationStart, Router, RouterLink, RouterLinkActive } from '@angular/router';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter } from 'rxjs';

import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { LANGUAGES } from '@core/languages';
import { UnreadCount } from '@core/notifications/unread-count';
import { Disclosure } from '@shared/disclosure';
import { ThemeChoice } from '@shared/theme-choice';

@Component({
  selector: 'lms-header',
  imports: [RouterLink, RouterLinkActive, Disclosure, ThemeChoice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './header.scss',
  templateUrl: './header.html',
})
export class Header {
  private readonly router = inject(Router);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly session = inject(Session);
  protected readonly unreadCount = inject(UnreadCount);
  protected readonly languages = LANGUAGES;
  protected readonly locale = inject(LOCALE_ID);
  protected readonly menuOpen = signal(false);

  constructor() {
    this.router.events
      .pipe(
        filter(event => event instanceof NavigationStart),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.menuOpen.set(false));
  }

  /** Each language is a separate build, so the page is loaded again. */
  protected switchLanguage(base: string): void {
    location.assign(base + this.router.url.slice(1));
  }

  protected async signOut(): Promise<void> {
    try {
      await this.session.signOut();
      await this.router.navigateByUrl('/');
    } catch (error) {
      await this.errorReporter.report(error);
    }
  }
}
