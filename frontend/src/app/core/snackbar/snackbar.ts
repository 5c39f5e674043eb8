import { Injectable, Injector, inject } from '@angular/core';
import type { AriaLivePoliteness } from '@angular/cdk/a11y';
import type { MatSnackBarRef, TextOnlySnackBar } from '@angular/material/snack-bar';
import { firstValueFrom } from 'rxjs';

const SHOWN_MS = 10_000;

/** Says in a line at the foot of the page what has happened. */
@Injectable({ providedIn: 'root' })
export class Snackbar {
  private readonly injector = inject(Injector);

  async show(text: string): Promise<void> {
    await this.open(text, $localize`Close`, 'polite');
  }

  /** As `say`, but interrupting whoever listens. */
  async showError(text: string): Promise<void> {
    await this.open(text, $localize`Close`, 'assertive');
  }

  /** As `say`, with something to do about it; resolves when the note goes: true where it is done. */
  async showWithAction(text: string, action: string): Promise<boolean> {
    const note = await this.open(text, action, 'polite');
    return (await firstValueFrom(note.afterDismissed())).dismissedByAction;
  }

  private async open(
    text: string,
    action: string,
    politeness: AriaLivePoliteness,
  ): Promise<MatSnackBarRef<TextOnlySnackBar>> {
    const { MatSnackBar } = await import('@angular/material/snack-bar');
    return this.injector.get(MatSnackBar).open(text, action, { duration: SHOWN_MS, politeness });
  }
}
