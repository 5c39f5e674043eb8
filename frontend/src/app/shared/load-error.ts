import { ChangeDetectionStrategy, Component, computed, input, output } from '@angular/core';

import { ApiError } from '@core/errors/api-error';

/** Shows what could not be loaded and why, with a button to retry. */
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
        <small i18n>Request ID: {{ id }}</small>
      </p>
    }
  `,
})
export class LoadError {
  readonly error = input.required<unknown>();
  readonly title = input($localize`Could not load this content.`);
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
