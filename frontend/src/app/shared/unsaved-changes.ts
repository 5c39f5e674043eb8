import { DOCUMENT, DestroyRef, inject } from '@angular/core';
import { CanDeactivateFn } from '@angular/router';

import { Confirm, ConfirmOptions } from './confirm';

export type LeavePrompt = ConfirmOptions;

/** A page on which something may not be saved yet. */
export interface HasUnsavedChanges {
  hasUnsavedChanges(): boolean;
  /** What is asked, where it is something else than losing what was changed. */
  leavePrompt?(): LeavePrompt;
}

/** Asks before leaving such a page for another of the app. */
export const unsavedChangesGuard: CanDeactivateFn<HasUnsavedChanges> = page =>
  !page.hasUnsavedChanges() ||
  inject(Confirm).ask(
    page.leavePrompt?.() ?? {
      title: $localize`Leave without saving?`,
      text: $localize`What you changed on this page is not saved.`,
      action: $localize`Leave the page`,
      isDestructive: true,
    },
  );

/** Has the browser ask before such a page is closed or reloaded; to be called by its constructor. */
export function confirmBeforeUnload(page: HasUnsavedChanges): void {
  const window = inject(DOCUMENT).defaultView;
  const ask = (event: Event) => {
    if (page.hasUnsavedChanges()) event.preventDefault();
  };
  window?.addEventListener('beforeunload', ask);
  inject(DestroyRef).onDestroy(() => window?.removeEventListener('beforeunload', ask));
}
