import { ChangeDetectionStrategy, Component, LOCALE_ID, inject } from '@angular/core';

import { Theme, ThemePreference } from '@core/theme/theme-preference';

/** The theme and site language of this device. */
@Component({
  selector: 'lms-appearance',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './appearance.scss',
  template: `
    <fieldset>
      <legend i18n>Theme</legend>
      @for (option of themes; track option.value) {
        <label>
          <input
            type="radio"
            name="own-theme"
            [value]="option.value"
            [checked]="themePreference.theme() === option.value"
            (change)="themePreference.choose(option.value)"
          />
          {{ option.label }}
        </label>
      }
    </fieldset>
    <p id="site-language" i18n>Site language</p>
    <ul aria-labelledby="site-language">
      @for (language of languages; track language.code) {
        <li>
          <a
            [href]="language.url"
            [lang]="language.code"
            [attr.aria-current]="locale === language.code ? 'true' : null"
            >{{ language.name }}</a
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
    { value: 'auto', label: $localize`Use system setting` },
    { value: 'light', label: $localize`Light` },
    { value: 'dark', label: $localize`Dark` },
  ];
  /** Each language is a separate build. */
  protected readonly languages = [
    { code: 'en', name: 'English', url: '/profile' },
    { code: 'es', name: 'Español', url: '/es/profile' },
  ];
}
