import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Says that there is nothing yet, and holds the one action that changes it. */
@Component({
  selector: 'lms-empty-state',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './state.scss',
  template: `
    <p class="title">{{ title() }}</p>
    <ng-content />
  `,
})
export class EmptyState {
  readonly title = input.required<string>();
}
