import { ChangeDetectionStrategy, Component, LOCALE_ID, inject, signal } from '@angular/core';
import { NavigationStart, Router, RouterLink, RouterLinkActive } from '@angular/router';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { filter } from 'rxjs';

import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { UnreadCount } from '@core/notifications/unread-count';
import { Theme, ThemePreference } from '@core/theme/theme-preference';
import { Disclosure } from '@shared/disclosure';

@Component({
  selector: 'lms-header',
  imports: [RouterLink, RouterLinkActive, Disclosure],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './header.scss',
  templateUrl: './header.html',
})
export class Header {
  private readonly router = inject(Router);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly themePreference = inject(ThemePreference);
  protected readonly session = inject(Session);
  protected readonly unreadCount = inject(UnreadCount);
  protected readonly theme = this.themePreference.theme;
  protected readonly themes: { value: Theme; label: string }[] = [
    { value: 'auto', label: $localize`Use system setting` },
    { value: 'light', label: $localize`Light` },
    { value: 'dark', label: $localize`Dark` },
  ];
  protected readonly languages = [
    { code: 'en', name: 'English', base: '/' },
    { code: 'es', name: 'Español', base: '/es/' },
  ];
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

  protected chooseTheme(theme: Theme): void {
    this.themePreference.choose(theme);
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
