import { Location } from '@angular/common';
import { ChangeDetectionStrategy, Component, DOCUMENT, inject, input } from '@angular/core';
import {
  NavigationError,
  RedirectCommand,
  Router,
  RouterLink,
  withNavigationErrorHandler,
} from '@angular/router';

/** What browsers say of a part of the app that could not be fetched. */
const OUT_OF_REACH = /dynamically imported module|importing a module script/i;

/** In place of a page whose part of the app cannot be fetched; so it is no such part itself. */
@Component({
  selector: 'lms-unreachable',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(window:online)': 'retry()' },
  template: `
    <div class="page">
      <h1 i18n>This page cannot be reached now</h1>
      <p class="lead" i18n>
        You are offline, or the server is away. What you have opened before can still be read.
      </p>
      <p class="actions">
        <button class="button" type="button" (click)="retry()" i18n>Try again</button>
        <a class="button outlined" routerLink="/" i18n>To the start page</a>
      </p>
    </div>
  `,
})
export class Unreachable {
  readonly wanted = input<string>();

  private readonly location = inject(Location);
  private readonly document = inject(DOCUMENT);

  /** Loads the page anew: browsers remember that a part could not be fetched. */
  protected retry(): void {
    this.location.replaceState(this.wanted() ?? '/');
    this.document.location.reload();
  }
}

/** Shows that a page cannot be reached, and leaves other errors to whoever hears of them. */
export function withUnreachablePages() {
  return withNavigationErrorHandler(({ error, url }: NavigationError) => {
    if (!(error instanceof TypeError && OUT_OF_REACH.test(error.message))) return;
    const page = inject(Router).createUrlTree(['/unreachable'], { queryParams: { wanted: url } });
    return new RedirectCommand(page, { skipLocationChange: true });
  });
}
