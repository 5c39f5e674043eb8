import { ChangeDetectionStrategy, Component, LOCALE_ID, inject } from '@angular/core';

import { Theme, ThemePreference } from '@core/theme/theme-preference';

/** How the site looks and speaks on this device. */
@Component({
  selector: 'lms-appearance',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './appearance.scss',
  template: `
    <fieldset>
      <legend i18n>Theme</legend>
      @for (one of themes; track one.value) {
        <label>
          <input
            type="radio"
            name="own-theme"
            [value]="one.value"
            [checked]="themePreference.theme() === one.value"
            (change)="themePreference.choose(one.value)"
          />
          {{ one.label }}
        </label>
      }
    </fieldset>
    <p id="site-language" i18n>Language of this site</p>
    <ul aria-labelledby="site-language">
      @for (one of languages; track one.code) {
        <li>
          <a
            [href]="one.url"
            [lang]="one.code"
            [attr.aria-current]="locale === one.code ? 'true' : null"
            >{{ one.name }}</a
          >
        </li>
      }
    </ul>
  `,
})
export class Appearance {
  protected readonly themePreference = inject(ThemePreference);
  protected readonly locale = inject(LOCALE_ID).slice(0, 2);
  protected readonly themes: readonly { value: Theme; label: string }[] = [
    { value: 'auto', label: $localize`As the system` },
    { value: 'light', label: $localize`Light` },
    { value: 'dark', label: $localize`Dark` },
  ];
  /** The same page in another language is another document. */
  protected readonly languages = [
    { code: 'en', name: 'English', url: '/profile' },
    { code: 'es', name: 'Español', url: '/es/profile' },
  ];
}
