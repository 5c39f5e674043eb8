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

/** A Markdown text: the server's sanitized HTML, sanitized again by Angular. */
@Component({
  selector: 'lms-prose',
  changeDetection: ChangeDetectionStrategy.OnPush,
  encapsulation: ViewEncapsulation.None, // The HTML has no attributes of this component.
  styleUrl: './prose.scss',
  host: { '(window:resize)': 'updateScrollable()' },
  template: `<div class="prose" [innerHTML]="safeHtml()"></div>`,
})
export class Prose {
  readonly html = input.required<string>();

  /** Demotes headings if needed, so that the page keeps a single h1. */
  protected readonly safeHtml = computed(() => {
    const html = this.html();
    return /<h1\b/.test(html) ? html.replace(/(<\/?h)([1-5])\b/g, demoteHeading) : html;
  });
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  constructor() {
    afterRenderEffect(() => {
      this.html();
      this.updateScrollable();
    });
  }

  /** Makes content that is too wide scrollable by keyboard. */
  protected updateScrollable(): void {
    for (const wide of this.host.querySelectorAll('pre, table')) {
      if (wide.scrollWidth > wide.clientWidth) wide.setAttribute('tabindex', '0');
      else wide.removeAttribute('tabindex');
    }
  }
}

function demoteHeading(_: string, tag: string, level: string): string {
  return `${tag}${Number(level) + 1}`;
}
