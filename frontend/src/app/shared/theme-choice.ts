import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { Theme, ThemePreference } from '@core/theme/theme-preference';

/** Chooses the theme of this device. */
@Component({
  selector: 'lms-theme-choice',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    fieldset {
      display: flex;
      flex-flow: var(--flow, row wrap);
      gap: 0 1.5rem;
      margin: 0;
      padding: 0;
      border: 0;
    }

    legend {
      padding: 0;
      font-size: 0.875rem;
      font-weight: 600;
    }
  `,
  template: `
    <fieldset>
      <legend i18n>Theme</legend>
      @for (option of themes; track option.value) {
        <label class="check">
          <input
            type="radio"
            [name]="name()"
            [value]="option.value"
            [checked]="themePreference.theme() === option.value"
            (change)="themePreference.choose(option.value)"
          />
          {{ option.label }}
        </label>
      }
    </fieldset>
  `,
})
export class ThemeChoice {
  /** The name of the radio buttons, which differs for each choice of a page. */
  readonly name = input.required<string>();

  protected readonly themePreference = inject(ThemePreference);
  protected readonly themes: readonly { value: Theme; label: string }[] = [
    { value: 'auto', label: $localize`Use system setting` },
    { value: 'light', label: $localize`Light` },
    { value: 'dark', label: $localize`Dark` },
  ];
}
