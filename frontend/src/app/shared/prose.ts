import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  ViewEncapsulation,
  afterRenderEffect,
  inject,
  input,
} from '@angular/core';

/** A text that somebody wrote in Markdown: the server's sanitised HTML, through Angular's sanitizer. */
@Component({
  selector: 'lms-prose',
  changeDetection: ChangeDetectionStrategy.OnPush,
  encapsulation: ViewEncapsulation.None, // the HTML bears no attributes of a component
  styleUrl: './prose.scss',
  host: { '(window:resize)': 'letScroll()' },
  template: `<div class="prose" [innerHTML]="html()"></div>`,
})
export class Prose {
  readonly html = input.required<string>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterRenderEffect(() => {
      this.html();
      this.letScroll();
    });
  }

  /** What is wider than the page is scrolled by the keyboard, too. */
  protected letScroll(): void {
    for (const wide of this.host.querySelectorAll('pre, table')) {
      if (wide.scrollWidth > wide.clientWidth) wide.setAttribute('tabindex', '0');
      else wide.removeAttribute('tabindex');
    }
  }
}
