import { Injectable, Injector, inject } from '@angular/core';
import type { AriaLivePoliteness } from '@angular/cdk/a11y';
import type { MatSnackBarRef, TextOnlySnackBar } from '@angular/material/snack-bar';
import { firstValueFrom } from 'rxjs';

const DURATION_MS = 10_000;

/** Shows short messages at the bottom of the page. */
@Injectable({ providedIn: 'root' })
export class Snackbar {
  private readonly injector = inject(Injector);

  async show(text: string): Promise<void> {
    await this.open(text, $localize`Close`, 'polite');
  }

  /** Shows an error; screen readers announce it at once. */
  async showError(text: string): Promise<void> {
    await this.open(text, $localize`Close`, 'assertive');
  }

  /** Shows a message with an action; resolves to true if the action was taken. */
  async showWithAction(text: string, action: string): Promise<boolean> {
    const message = await this.open(text, action, 'polite');
    return (await firstValueFrom(message.afterDismissed())).dismissedByAction;
  }

  private async open(
    text: string,
    action: string,
    politeness: AriaLivePoliteness,
  ): Promise<MatSnackBarRef<TextOnlySnackBar>> {
    const { MatSnackBar } = await import('@angular/material/snack-bar');
    return this.injector.get(MatSnackBar).open(text, action, { duration: DURATION_MS, politeness });
  }
}
