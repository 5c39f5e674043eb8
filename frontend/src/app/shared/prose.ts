import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  ViewEncapsulation,
  afterRenderEffect,
  computed,
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
  template: `<div class="prose" [innerHTML]="shown()"></div>`,
})
export class Prose {
  readonly html = input.required<string>();

  /** Headings below that of the page, which is the only one of its level. */
  protected readonly shown = computed(() => {
    const html = this.html();
    return /<h1\b/.test(html) ? html.replace(/(<\/?h)([1-5])\b/g, lower) : html;
  });
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

function lower(_: string, tag: string, level: string): string {
  return `${tag}${Number(level) + 1}`;
}
