import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';

import type { ConfirmOptions } from './confirm';

@Component({
  selector: 'lms-confirm-dialog',
  imports: [MatDialogModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 mat-dialog-title>{{ options.title }}</h2>
    <mat-dialog-content>
      <p>{{ options.text }}</p>
      @if (options.requiredText; as requiredText) {
        <label class="field">
          <span i18n>Type {{ requiredText }} to confirm</span>
          <input #box autocomplete="off" spellcheck="false" (input)="typed.set(box.value)" />
        </label>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button class="button outlined" type="button" mat-dialog-close i18n>Cancel</button>
      <button
        class="button"
        type="button"
        [class.destructive]="options.isDestructive"
        [disabled]="options.requiredText !== undefined && typed() !== options.requiredText"
        [mat-dialog-close]="true"
      >
        {{ options.action }}
      </button>
    </mat-dialog-actions>
  `,
})
export class ConfirmDialog {
  protected readonly options = inject<ConfirmOptions>(MAT_DIALOG_DATA);
  protected readonly typed = signal('');
}
