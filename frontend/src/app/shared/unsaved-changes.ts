import { DOCUMENT, DestroyRef, inject } from '@angular/core';
import { CanDeactivateFn } from '@angular/router';

import { Confirm, ConfirmOptions } from './confirm';

/** The question to ask before a page is left. */
export type LeavePrompt = ConfirmOptions;

/** A page that may have unsaved changes. */
export interface HasUnsavedChanges {
  hasUnsavedChanges(): boolean;
  /** Replaces the default question about discarding changes. */
  leavePrompt?(): LeavePrompt;
}

/** Asks before navigating away from unsaved changes. */
export const unsavedChangesGuard: CanDeactivateFn<HasUnsavedChanges> = page =>
  !page.hasUnsavedChanges() ||
  inject(Confirm).ask(
    page.leavePrompt?.() ?? {
      title: $localize`Discard changes?`,
      text: $localize`You have unsaved changes on this page.`,
      action: $localize`Discard changes`,
      isDestructive: true,
    },
  );

/** Makes the browser ask before unsaved changes are lost; call it in the page's constructor. */
export function confirmBeforeUnload(page: HasUnsavedChanges): void {
  const window = inject(DOCUMENT).defaultView;
  const ask = (event: Event) => {
    if (page.hasUnsavedChanges()) event.preventDefault();
  };
  window?.addEventListener('beforeunload', ask);
  inject(DestroyRef).onDestroy(() => window?.removeEventListener('beforeunload', ask));
}
