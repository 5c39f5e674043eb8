import { ChangeDetectionStrategy, Component, computed, input, linkedSignal } from '@angular/core';

/** A course's picture, or its initial on a tint that is always the same one for that title. */
@Component({
  selector: 'lms-course-image',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-image.scss',
  template: `
    @if (shown(); as url) {
      <img
        alt=""
        width="480"
        height="270"
        [src]="url"
        [attr.loading]="isFirst() ? 'eager' : 'lazy'"
        [attr.fetchpriority]="isFirst() ? 'high' : null"
        (error)="shown.set(null)"
      />
    } @else {
      <span class="initial" aria-hidden="true" [style.--hue]="hue()">{{ initial() }}</span>
    }
  `,
})
export class CourseImage {
  readonly url = input.required<string | null>();
  readonly title = input.required<string>();
  /** It is seen without scrolling, so it is loaded at once. */
  readonly isFirst = input(false);

  protected readonly shown = linkedSignal(() => this.url());
  protected readonly initial = computed(() => [...this.title().trim()][0]?.toUpperCase() ?? '');
  protected readonly hue = computed(
    () => [...this.title()].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 360,
  );
}
