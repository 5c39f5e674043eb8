import { DOCUMENT, DestroyRef, inject } from '@angular/core';
import { CanDeactivateFn } from '@angular/router';

import { Confirm, Question } from './confirm';

export type Leaving = Question;

/** A page on which something may not be saved yet. */
export interface MayHaveUnsaved {
  hasUnsaved(): boolean;
  /** What is asked, where it is something else than losing what was changed. */
  leaving?(): Leaving;
}

/** Asks before leaving such a page for another of the app. */
export const asksBeforeLeaving: CanDeactivateFn<MayHaveUnsaved> = page =>
  !page.hasUnsaved() ||
  inject(Confirm).ask(
    page.leaving?.() ?? {
      title: $localize`Leave without saving?`,
      text: $localize`What you changed on this page is not saved.`,
      action: $localize`Leave the page`,
      isGrave: true,
    },
  );

/** Has the browser ask before such a page is closed or reloaded; to be called by its constructor. */
export function askBeforeUnload(page: MayHaveUnsaved): void {
  const window = inject(DOCUMENT).defaultView;
  const ask = (event: Event) => {
    if (page.hasUnsaved()) event.preventDefault();
  };
  window?.addEventListener('beforeunload', ask);
  inject(DestroyRef).onDestroy(() => window?.removeEventListener('beforeunload', ask));
}
