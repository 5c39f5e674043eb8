import {
  DOCUMENT,
  EnvironmentProviders,
  inject,
  provideEnvironmentInitializer,
} from '@angular/core';
import { NavigationEnd, Router } from '@angular/router';
import { filter, map, pairwise } from 'rxjs';

/** Puts the focus on the heading of the page that was navigated to, as a loaded page would be read. */
export function provideHeadingFocus(): EnvironmentProviders {
  return provideEnvironmentInitializer(() => {
    const document = inject(DOCUMENT);
    inject(Router)
      .events.pipe(
        filter(event => event instanceof NavigationEnd),
        map(event => pathOf(event.urlAfterRedirects)),
        pairwise(),
        filter(([before, now]) => before !== now),
      )
      .subscribe(() => setTimeout(() => focusHeading(document)));
  });
}

export function focusHeading(document: Document): void {
  const heading = document.querySelector<HTMLElement>('main h1');
  if (!heading || document.querySelector('main [data-keeps-focus]:focus')) return;
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

function pathOf(url: string): string {
  return url.split(/[?#]/, 1)[0] ?? url;
}
