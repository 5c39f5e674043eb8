import { Location } from '@angular/common';
import { ChangeDetectionStrategy, Component, DOCUMENT, inject, input } from '@angular/core';
import {
  NavigationError,
  RedirectCommand,
  Router,
  RouterLink,
  withNavigationErrorHandler,
} from '@angular/router';

/** Messages of browsers that could not fetch a lazy chunk. */
const CHUNK_FAILED = /dynamically imported module|importing a module script/i;

/** Replaces a page whose chunk cannot be fetched; it is bundled eagerly for that reason. */
@Component({
  selector: 'lms-unreachable',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  host: { '(window:online)': 'retry()' },
  template: `
    <div class="page">
      <h1 i18n>Page unavailable</h1>
      <p class="lead" i18n>
        You are offline, or the server is not responding. You can still read lessons that you have
        already opened.
      </p>
      <p class="actions">
        <button class="button" type="button" (click)="retry()" i18n>Try again</button>
        <a class="button outlined" routerLink="/" i18n>Go to the home page</a>
      </p>
    </div>
  `,
})
export class Unreachable {
  readonly url = input<string>();

  private readonly location = inject(Location);
  private readonly document = inject(DOCUMENT);

  /** Reloads the page, because browsers cache the failed import. */
  protected retry(): void {
    this.location.replaceState(this.url() ?? '/');
    this.document.location.reload();
  }
}

/** Shows an error page for chunks that cannot be fetched; other errors are passed on. */
export function withUnreachablePages() {
  return withNavigationErrorHandler(({ error, url }: NavigationError) => {
    if (!(error instanceof TypeError && CHUNK_FAILED.test(error.message))) return;
    const page = inject(Router).createUrlTree(['/unreachable'], { queryParams: { url } });
    return new RedirectCommand(page, { skipLocationChange: true });
  });
}
