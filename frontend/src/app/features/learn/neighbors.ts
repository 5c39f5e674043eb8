import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { OutlineLesson } from './learn-models';

/** Links to the previous and the next lesson. */
@Component({
  selector: 'lms-neighbors',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './neighbors.scss',
  template: `
    <nav aria-label="Previous and next lesson" i18n-aria-label>
      @if (previous(); as lesson) {
        <a class="button outlined" rel="prev" [routerLink]="['/learn', course(), lesson.id]">
          <span aria-hidden="true">←</span>
          <span><small i18n>Previous</small>&ngsp;{{ lesson.title }}</span>
        </a>
      }
      @if (next(); as lesson) {
        <a
          class="button"
          rel="next"
          [class.outlined]="!isDone()"
          [routerLink]="['/learn', course(), lesson.id]"
        >
          <span><small i18n>Next</small>&ngsp;{{ lesson.title }}</span>
          <span aria-hidden="true">→</span>
        </a>
      }
    </nav>
  `,
})
export class Neighbors {
  readonly course = input.required<string>();
  readonly previous = input<OutlineLesson>();
  readonly next = input<OutlineLesson>();
  /** Highlights the next lesson. */
  readonly isDone = input(false);
}
