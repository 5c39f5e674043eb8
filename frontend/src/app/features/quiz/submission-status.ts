import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  effect,
  inject,
} from '@angular/core';

import { Attempt } from './attempt';

/** Shows the status of a submission that is in progress or has failed. */
@Component({
  selector: 'lms-quiz-submission-status',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './submission-status.scss',
  template: `
    <div role="alert">
      @if (attempt.error(); as error) {
        <div class="notice wrong">
          <p>
            @if (attempt.isTimeUp()) {
              <strong i18n>Time is up, but your answers are not submitted yet.</strong>
            } @else {
              <strong i18n>Your answers are not submitted yet.</strong>
            }
          </p>
          <p>{{ error.message }}</p>
          @if (attempt.isSaved() !== false) {
            <p i18n>They are saved on this device.</p>
          }
          @if (attempt.isRetrying()) {
            <p i18n>They will be submitted automatically as soon as the server can be reached.</p>
          }
          @if (attempt.isTimeUp()) {
            <p i18n>Whether they still count depends on when they reach the server.</p>
          }
          @if (error.requestId) {
            <p>
              <small i18n>Request ID: {{ error.requestId }}</small>
            </p>
          }
        </div>
      } @else if (attempt.isTimeUp()) {
        <p class="notice" i18n>Time is up. Your answers are being submitted…</p>
      } @else if (attempt.isSubmitting()) {
        <p class="notice" i18n>Your answers are being submitted…</p>
      }
    </div>
    @if (attempt.error()) {
      <p>
        <button class="button" type="button" (click)="attempt.submit()" i18n>Submit again</button>
      </p>
    }
  `,
})
export class SubmissionStatus {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly attempt = inject(Attempt);

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      if (!this.attempt.error() && !this.attempt.isTimeUp()) return;
      afterNextRender(() => this.host.scrollIntoView({ block: 'nearest' }), { injector });
    });
  }
}
