import { ChangeDetectionStrategy, Component, inject, signal } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';

import type { Question } from './confirm';

@Component({
  selector: 'lms-confirm-dialog',
  imports: [MatDialogModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <h2 mat-dialog-title>{{ question.title }}</h2>
    <mat-dialog-content>
      <p>{{ question.text }}</p>
      @if (question.typed; as wanted) {
        <label class="field">
          <span i18n>Type {{ wanted }} to go on</span>
          <input #box autocomplete="off" spellcheck="false" (input)="typed.set(box.value)" />
        </label>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button class="button outlined" type="button" mat-dialog-close i18n>Cancel</button>
      <button
        class="button"
        type="button"
        [class.grave]="question.isGrave"
        [disabled]="question.typed !== undefined && typed() !== question.typed"
        [mat-dialog-close]="true"
      >
        {{ question.action }}
      </button>
    </mat-dialog-actions>
  `,
})
export class ConfirmDialog {
  protected readonly question = inject<Question>(MAT_DIALOG_DATA);
  protected readonly typed = signal('');
}
