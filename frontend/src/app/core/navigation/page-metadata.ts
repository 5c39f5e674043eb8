import { DOCUMENT, Injectable, inject } from '@angular/core';
import { Meta, Title } from '@angular/platform-browser';
import { ActivatedRouteSnapshot, RouterStateSnapshot, TitleStrategy } from '@angular/router';

const MAX_DESCRIPTION_LENGTH = 160;
const LINKS_OF_FIRST_PAGE = 'link[rel=canonical], link[hreflang]';

/**
 * Sets the title (`Page · Learning`) and the description of a page from its route.
 * A page that loads them later calls `setTitle` and `setDescription`.
 */
@Injectable({ providedIn: 'root' })
export class PageMetadata extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly meta = inject(Meta);
  private readonly document = inject(DOCUMENT);
  private firstPath: string | undefined;

  override updateTitle(state: RouterStateSnapshot): void {
    this.setTitle(this.buildTitle(state));
    this.setDescription(innermost(state.root).data['description'] as string | undefined);
    this.removeStaleLinks(state.url);
  }

  setTitle(page: string | undefined): void {
    const site = $localize`Learning`;
    this.title.setTitle(page ? `${page} · ${site}` : site);
  }

  setDescription(text: string | undefined): void {
    const content = text?.replace(/\s+/g, ' ').trim().slice(0, MAX_DESCRIPTION_LENGTH);
    if (content) this.meta.updateTag({ name: 'description', content });
    else this.meta.removeTag('name=description');
  }

  /** The server's canonical and language links belong to the first page only. */
  private removeStaleLinks(url: string): void {
    const path = url.replace(/[?#].*$/, '');
    this.firstPath ??= path;
    if (path === this.firstPath) return;
    for (const link of this.document.head.querySelectorAll(LINKS_OF_FIRST_PAGE)) link.remove();
  }
}

function innermost(route: ActivatedRouteSnapshot): ActivatedRouteSnapshot {
  return route.firstChild ? innermost(route.firstChild) : route;
}
