import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';

/** A field that two people changed at the same time. */
export interface FieldConflict {
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
}

const CHARACTERS_PER_LINE = 40;
const MAX_LINES = 10;

/** Shows the saved and the unsaved version of each conflicting field; text can be copied from both. */
@Component({
  selector: 'lms-conflict-dialog',
  imports: [MatDialogModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './conflict-dialog.scss',
  template: `
    <h2 mat-dialog-title i18n>Someone else saved changes</h2>
    <mat-dialog-content>
      <p i18n>
        Your changes are not lost, but they are not saved yet. Compare both versions: copy what you
        want to keep from the saved version, or replace it with yours.
      </p>
      @for (conflict of conflicts; track conflict.label) {
        <fieldset>
          <legend>{{ conflict.label }}</legend>
          <label class="field">
            <span i18n>Saved version</span>
            <textarea readonly [rows]="rowsFor(conflict)" [value]="conflict.theirs"></textarea>
          </label>
          <label class="field">
            <span i18n>Your version (not saved)</span>
            <textarea readonly [rows]="rowsFor(conflict)" [value]="conflict.mine"></textarea>
          </label>
        </fieldset>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button class="button" type="button" mat-dialog-close cdkFocusInitial i18n>
        Keep editing
      </button>
      <button class="button outlined destructive" type="button" [mat-dialog-close]="true" i18n>
        Replace with my version
      </button>
    </mat-dialog-actions>
  `,
})
export class ConflictDialog {
  protected readonly conflicts = inject<readonly FieldConflict[]>(MAT_DIALOG_DATA);

  protected rowsFor({ mine, theirs }: FieldConflict): number {
    const lines = [mine, theirs].map(text =>
      text
        .split('\n')
        .reduce((sum, line) => sum + 1 + Math.floor(line.length / CHARACTERS_PER_LINE), 0),
    );
    return Math.min(Math.max(...lines), MAX_LINES);
  }
}
