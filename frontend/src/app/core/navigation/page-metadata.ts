import { DOCUMENT, Injectable, inject } from '@angular/core';
import { Meta, Title } from '@angular/platform-browser';
import { ActivatedRouteSnapshot, RouterStateSnapshot, TitleStrategy } from '@angular/router';

const SUMMARY_CHARACTERS = 160;
const OF_ONE_ADDRESS = 'link[rel=canonical], link[hreflang]';

/**
 * What tabs and search engines are told of a page: `Page · Learning`, and its route's `description`.
 * A page that knows these only later says them by `set` and `describe`.
 */
@Injectable({ providedIn: 'root' })
export class PageMetadata extends TitleStrategy {
  private readonly title = inject(Title);
  private readonly meta = inject(Meta);
  private readonly document = inject(DOCUMENT);
  private loaded: string | undefined;

  override updateTitle(state: RouterStateSnapshot): void {
    this.setTitle(this.buildTitle(state));
    this.setDescription(innermost(state.root).data['description'] as string | undefined);
    this.dropLinksOfOtherPages(state.url);
  }

  setTitle(page: string | undefined): void {
    const site = $localize`Learning`;
    this.title.setTitle(page ? `${page} · ${site}` : site);
  }

  setDescription(text: string | undefined): void {
    const content = text?.replace(/\s+/g, ' ').trim().slice(0, SUMMARY_CHARACTERS);
    if (content) this.meta.updateTag({ name: 'description', content });
    else this.meta.removeTag('name=description');
  }

  /** The server links a page with its own address, which browsers share, and with its translation. */
  private dropLinksOfOtherPages(url: string): void {
    const path = url.replace(/[?#].*$/, '');
    this.loaded ??= path;
    if (path === this.loaded) return;
    for (const link of this.document.head.querySelectorAll(OF_ONE_ADDRESS)) link.remove();
  }
}

function innermost(route: ActivatedRouteSnapshot): ActivatedRouteSnapshot {
  return route.firstChild ? innermost(route.firstChild) : route;
}
