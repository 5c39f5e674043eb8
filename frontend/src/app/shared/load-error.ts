import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { ApiError } from '@core/errors/api-error';

/** Says what could not be loaded and why, and offers to try again. */
@Component({
  selector: 'lms-load-error',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './state.scss',
  host: { role: 'alert' },
  template: `
    <p class="title">{{ title() }}</p>
    <p>{{ reason() }}</p>
    <p><button class="button" type="button" (click)="retry.emit()" i18n>Try again</button></p>
    @if (requestId(); as id) {
      <p class="quiet">
        <small i18n>Request {{ id }}</small>
      </p>
    }
  `,
})
export class LoadError {
  readonly error = input.required<unknown>();
  readonly title = input($localize`This could not be loaded.`);
  readonly retry = output();

  protected readonly reason = computed(() => {
    const error = this.error();
    return error instanceof ApiError
      ? error.message
      : $localize`Something went wrong on this page.`;
  });
  protected readonly requestId = computed(() => {
    const error = this.error();
    return error instanceof ApiError ? error.requestId : '';
  });
}
