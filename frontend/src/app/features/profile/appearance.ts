import { ChangeDetectionStrategy, Component, LOCALE_ID, inject } from '@angular/core';

import { LANGUAGES } from '@core/languages';
import { ThemeChoice } from '@shared/theme-choice';

/** The theme and site language of this device. */
@Component({
  selector: 'lms-appearance',
  imports: [ThemeChoice],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './appearance.scss',
  template: `
    <lms-theme-choice name="own-theme" />
    <p id="site-language" i18n>Site language</p>
    <ul aria-labelledby="site-language">
      @for (language of languages; track language.code) {
        <li>
          <a
            [href]="language.base + 'profile'"
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
  protected readonly locale = inject(LOCALE_ID).slice(0, 2);
  protected readonly languages = LANGUAGES;
}
