import { ChangeDetectionStrategy, Component, computed, input, linkedSignal } from '@angular/core';

/** The image of a course, or its initial on a color derived from the title. */
@Component({
  selector: 'lms-course-image',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-image.scss',
  template: `
    @if (visibleUrl(); as url) {
      <img
        alt=""
        width="480"
        height="270"
        [src]="url"
        [attr.loading]="isFirst() ? 'eager' : 'lazy'"
        [attr.fetchpriority]="isFirst() ? 'high' : null"
        (error)="visibleUrl.set(null)"
      />
    } @else {
      <span class="initial" aria-hidden="true" [style.--hue]="hue()">{{ initial() }}</span>
    }
  `,
})
export class CourseImage {
  readonly url = input.required<string | null>();
  readonly title = input.required<string>();
  /** Visible without scrolling, so it is loaded at once. */
  readonly isFirst = input(false);

  protected readonly visibleUrl = linkedSignal(() => this.url());
  protected readonly initial = computed(() => [...this.title().trim()][0]?.toUpperCase() ?? '');
  protected readonly hue = computed(
    () => [...this.title()].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 360,
  );
}
