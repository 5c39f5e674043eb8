import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Tells that a list is empty and holds the action to change that. */
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
