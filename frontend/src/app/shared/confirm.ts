import { Injectable, Injector, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button that agrees says: a verb, as “Delete the course”. */
  readonly action: string;
  /** It cannot be undone: the button says so by its colour. */
  readonly isGrave?: boolean;
  /** What one has to type before the button works. */
  readonly typed?: string;
}

/** Asks before something is done; the dialog is loaded when it is needed. */
@Injectable({ providedIn: 'root' })
export class Confirm {
  private readonly injector = inject(Injector);

  /** Resolves to true where one agreed; closing the dialog is a no. */
  async ask(question: Question): Promise<boolean> {
    const [{ MatDialog }, { ConfirmDialog }] = await Promise.all([
      import('@angular/material/dialog'),
      import('./confirm-dialog'),
    ]);
    const dialog = this.injector.get(MatDialog).open<unknown, Question, boolean>(ConfirmDialog, {
      data: question,
      maxWidth: '32rem',
    });
    return (await firstValueFrom(dialog.afterClosed())) === true;
  }
}
