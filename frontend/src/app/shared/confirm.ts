import { Injectable, Injector, inject } from '@angular/core';
import type { MatDialogRef } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

export interface ConfirmOptions {
  readonly title: string;
  readonly text: string;
  /** The label of the confirming button, starting with a verb: “Delete course”. */
  readonly action: string;
  /** Colors the button as a warning. */
  readonly isDestructive?: boolean;
  /** The text that the user must type to enable the button. */
  readonly requiredText?: string;
}

/** Asks the user to confirm an action; the dialog is loaded on demand. */
@Injectable({ providedIn: 'root' })
export class Confirm {
  private readonly injector = inject(Injector);
  private openDialog: MatDialogRef<unknown, boolean> | null = null;

  /** Resolves to true if the user confirmed; closing the dialog counts as no. */
  async ask(options: ConfirmOptions): Promise<boolean> {
    const [{ MatDialog }, { ConfirmDialog }] = await load();
    const dialog = this.injector
      .get(MatDialog)
      .open<unknown, ConfirmOptions, boolean>(ConfirmDialog, {
        data: options,
        maxWidth: '32rem',
      });
    this.openDialog = dialog;
    return (await firstValueFrom(dialog.afterClosed())) === true;
  }

  /** Preloads the dialog for pages that may have to ask while offline. */
  prepare(): void {
    load().catch(() => undefined); // Asking loads it again.
  }

  /** Closes the open question as a no. */
  dismiss(): void {
    this.openDialog?.close();
  }
}

function load() {
  return Promise.all([import('@angular/material/dialog'), import('./confirm-dialog')]);
}
