import { ChangeDetectionStrategy, Component, input } from '@angular/core';

/** The picture of a user, or else the first letter of the name; `--size` is its width. */
@Component({
  selector: 'lms-user-picture',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      flex: none;
      inline-size: var(--size);
      block-size: var(--size);
    }

    :is(img, span) {
      inline-size: 100%;
      block-size: 100%;
      border-radius: 50%;
      object-fit: cover;
    }

    span {
      display: grid;
      place-items: center;
      background: var(--mat-sys-secondary-container);
      color: var(--mat-sys-on-secondary-container);
      font-size: calc(0.4 * var(--size));
      font-weight: 650;
      text-transform: uppercase;
    }
  `,
  template: `
    @if (url(); as url) {
      <img width="96" height="96" loading="lazy" [alt]="alt()" [src]="url" />
    } @else {
      <span aria-hidden="true">{{ username()[0] }}</span>
    }
  `,
})
export class UserPicture {
  readonly url = input.required<string | null>();
  readonly username = input.required<string>();
  readonly alt = input('');
}
