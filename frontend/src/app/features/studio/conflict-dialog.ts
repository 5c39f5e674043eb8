import { ChangeDetectionStrategy, Component, inject } from '@angular/core';
import { MAT_DIALOG_DATA, MatDialogModule } from '@angular/material/dialog';

/** What two people wrote in one field. */
export interface Difference {
  readonly label: string;
  readonly mine: string;
  readonly theirs: string;
}

const CHARACTERS_OF_A_LINE = 40;
const MOST_LINES = 10;

/** Shows what another has saved meanwhile beside what one wants to save; both can be copied. */
@Component({
  selector: 'lms-conflict-dialog',
  imports: [MatDialogModule],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './conflict-dialog.scss',
  template: `
    <h2 mat-dialog-title i18n>Somebody else saved a change meanwhile</h2>
    <mat-dialog-content>
      <p i18n>
        Nothing of yours is lost, and nothing is saved yet. Compare the two: copy from theirs what
        you want to keep, or replace it by yours.
      </p>
      @for (one of differences; track one.label) {
        <fieldset>
          <legend>{{ one.label }}</legend>
          <label class="field">
            <span i18n>Theirs, saved</span>
            <textarea readonly [rows]="linesOf(one)" [value]="one.theirs"></textarea>
          </label>
          <label class="field">
            <span i18n>Yours, not saved yet</span>
            <textarea readonly [rows]="linesOf(one)" [value]="one.mine"></textarea>
          </label>
        </fieldset>
      }
    </mat-dialog-content>
    <mat-dialog-actions align="end">
      <button class="button" type="button" mat-dialog-close cdkFocusInitial i18n>
        Keep editing
      </button>
      <button class="button outlined destructive" type="button" [mat-dialog-close]="true" i18n>
        Replace theirs by mine
      </button>
    </mat-dialog-actions>
  `,
})
export class ConflictDialog {
  protected readonly differences = inject<readonly Difference[]>(MAT_DIALOG_DATA);

  protected linesOf({ mine, theirs }: Difference): number {
    const lines = [mine, theirs].map(text =>
      text
        .split('\n')
        .reduce((sum, line) => sum + 1 + Math.floor(line.length / CHARACTERS_OF_A_LINE), 0),
    );
    return Math.min(Math.max(...lines), MOST_LINES);
  }
}
