import { Injectable, Injector, inject } from '@angular/core';
import type { MatDialogRef } from '@angular/material/dialog';
import { firstValueFrom } from 'rxjs';

export interface ConfirmOptions {
  readonly title: string;
  readonly text: string;
  /** What the button that agrees says: a verb, as “Delete the course”. */
  readonly action: string;
  /** It cannot be undone: the button says so by its colour. */
  readonly isDestructive?: boolean;
  /** What one has to type before the button works. */
  readonly requiredText?: string;
}

/** Asks before something is done; the dialog is loaded when it is needed. */
@Injectable({ providedIn: 'root' })
export class Confirm {
  private readonly injector = inject(Injector);
  private asked: MatDialogRef<unknown, boolean> | null = null;

  /** Resolves to true where one agreed; closing the dialog is a no. */
  async ask(question: ConfirmOptions): Promise<boolean> {
    const [{ MatDialog }, { ConfirmDialog }] = await load();
    const dialog = this.injector
      .get(MatDialog)
      .open<unknown, ConfirmOptions, boolean>(ConfirmDialog, {
        data: question,
        maxWidth: '32rem',
      });
    this.asked = dialog;
    return (await firstValueFrom(dialog.afterClosed())) === true;
  }

  /** Loads the dialog ahead, for a page that may have to ask when the network is away. */
  prepare(): void {
    load().catch(() => undefined); // it is loaded again when it is needed
  }

  /** Takes back what is asked, as a no: it no longer matters. */
  dismiss(): void {
    this.asked?.close();
  }
}

function load() {
  return Promise.all([import('@angular/material/dialog'), import('./confirm-dialog')]);
}
