import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** Placeholder blocks that reserve the space of content that is loading. */
@Component({
  selector: 'lms-skeleton',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './skeleton.scss',
  template: `
    <p class="visually-hidden" role="status" i18n>Loading…</p>
    @for (block of [].constructor(count()); track $index) {
      <div class="block" aria-hidden="true" [style.block-size]="height()"></div>
    }
  `,
})
export class Skeleton {
  readonly count = input(1);
  readonly height = input('1.5rem');
}
