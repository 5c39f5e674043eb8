import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { ReadingPreferences } from './reading-preferences';

/** Lists the keyboard shortcuts, which can be turned off against accidental use. */
@Component({
  selector: 'lms-keyboard',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './keyboard.scss',
  template: `
    <details>
      <summary i18n>Keyboard shortcuts</summary>
      <dl>
        <div>
          <dt><kbd>J</kbd> <kbd class="arrow">→</kbd></dt>
          <dd i18n>Next lesson</dd>
        </div>
        <div>
          <dt><kbd>K</kbd> <kbd class="arrow">←</kbd></dt>
          <dd i18n>Previous lesson</dd>
        </div>
      </dl>
      <label>
        <input
          #box
          type="checkbox"
          [checked]="preferences.hasShortcuts()"
          (change)="preferences.hasShortcuts.set(box.checked)"
        />
        <ng-container i18n>Use keyboard shortcuts on this device</ng-container>
      </label>
    </details>
  `,
})
export class Keyboard {
  protected readonly preferences = inject(ReadingPreferences);
}
