import { Injectable, inject } from '@angular/core';
import { Title } from '@angular/platform-browser';
import { RouterStateSnapshot, TitleStrategy } from '@angular/router';

/** `Page · Learning`; a page that knows its own title only later says it by `set`. */
@Injectable({ providedIn: 'root' })
export class PageTitle extends TitleStrategy {
  private readonly title = inject(Title);

  override updateTitle(state: RouterStateSnapshot): void {
    this.set(this.buildTitle(state));
  }

  set(page: string | undefined): void {
    const site = $localize`Learning`;
    this.title.setTitle(page ? `${page} · ${site}` : site);
  }
}
