import {
  DOCUMENT,
  EnvironmentProviders,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, pairwise } from 'rxjs';

/** Focuses the heading after each navigation, so that screen readers start there. */
export function provideHeadingFocus(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const document = inject(DOCUMENT);
    let focused: HTMLElement | null = null;
    inject(Router)
      .events.pipe(
        filter(event => event instanceof NavigationEnd),
        map(event => pathOf(event.urlAfterRedirects)),
        pairwise(),
        filter(([before, now]) => before !== now),
      )
      .subscribe(() => setTimeout(() => (focused = focusHeading(document))));
    // Loading may replace the heading; the focus moves to the new one.
    new MutationObserver(() => {
      if (focused === null || focused.isConnected) return;
      focused = document.activeElement === document.body ? focusHeading(document) : null;
    }).observe(document.body, { childList: true, subtree: true });
  });
}

/** Focuses and returns the heading, unless a control keeps the focus. */
export function focusHeading(document: Document): HTMLElement | null {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (!heading || document.querySelector('main [data-keeps-focus]:focus')) return null;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
  return heading;
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}
