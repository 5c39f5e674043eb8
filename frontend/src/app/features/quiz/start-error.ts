import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';

/** Explains why no attempt could be started, and what to do. */
@Component({
  selector: 'lms-quiz-start-error',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="notice wrong" role="alert">
      <p>
        <strong i18n>The attempt could not be started.</strong>
        {{ error().message }}
      </p>
      @if (error().code === 'not_enrolled') {
        <p><a [routerLink]="['/courses', course()]" i18n>Enroll in the course again</a></p>
      }
      @if (error().requestId) {
        <p>
          <small i18n>Request ID: {{ error().requestId }}</small>
        </p>
      }
    </div>
  `,
  styles: `
    .notice {
      margin-block-end: 1rem;
    }

    p:last-child {
      margin: 0;
    }

    a {
      color: inherit;
    }
  `,
})
export class StartError {
  readonly error = input.required<ApiError>();
  readonly course = input.required<string>();
}
