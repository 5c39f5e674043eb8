import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { ReadingHabits } from './reading-habits';

/** Lists the keys, and turns them off for whoever presses them without meaning to. */
@Component({
  selector: 'lms-keyboard',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './keyboard.scss',
  template: `
    <details>
      <summary i18n>Keyboard</summary>
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
          [checked]="habits.hasKeys()"
          (change)="habits.hasKeys.set(box.checked)"
        />
        <ng-container i18n>Use these keys on this device</ng-container>
      </label>
    </details>
  `,
})
export class Keyboard {
  protected readonly habits = inject(ReadingHabits);
}
