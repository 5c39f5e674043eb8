import { ChangeDetectionStrategy, Component, ViewEncapsulation, input } from '@angular/core';

/** A text that somebody wrote in Markdown: the server's sanitised HTML, through Angular's sanitizer. */
@Component({
  selector: 'lms-prose',
  changeDetection: ChangeDetectionStrategy.OnPush,
  encapsulation: ViewEncapsulation.None, // the HTML bears no attributes of a component
  styleUrl: './prose.scss',
  template: `<div class="prose" [innerHTML]="html()"></div>`,
})
export class Prose {
  readonly html = input.required<string>();
}
