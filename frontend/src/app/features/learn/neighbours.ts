import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { OutlineLesson } from './learn-models';

/** Leads to the lessons before and after this one. */
@Component({
  selector: 'lms-neighbours',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './neighbours.scss',
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
export class Neighbours {
  readonly course = input.required<string>();
  readonly previous = input<OutlineLesson>();
  readonly next = input<OutlineLesson>();
  /** The next one is what there is to do, for this one is completed. */
  readonly isDone = input(false);
}
