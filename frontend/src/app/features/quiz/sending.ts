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

/** Says how the answers' way to the server goes, where it does not go by itself. */
@Component({
  selector: 'lms-quiz-sending',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './sending.scss',
  template: `
    <div role="alert">
      @if (attempt.failure(); as error) {
        <div class="notice wrong">
          <p>
            @if (attempt.isTimeUp()) {
              <strong i18n>The time is up, but your answers are not submitted yet.</strong>
            } @else {
              <strong i18n>Your answers are not submitted yet.</strong>
            }
          </p>
          <p>{{ error.message }}</p>
          @if (attempt.kept() !== false) {
            <p i18n>They are kept on this device.</p>
          }
          @if (attempt.isWaiting()) {
            <p i18n>They are sent again by themselves as soon as the server can be reached.</p>
          }
          @if (attempt.isTimeUp()) {
            <p i18n>Whether they still count is decided by when they reach the server.</p>
          }
          @if (error.requestId) {
            <p>
              <small i18n>Request {{ error.requestId }}</small>
            </p>
          }
        </div>
      } @else if (attempt.isTimeUp()) {
        <p class="notice" i18n>The time is up. Your answers are being submitted…</p>
      } @else if (attempt.isSending()) {
        <p class="notice" i18n>Your answers are being submitted…</p>
      }
    </div>
    @if (attempt.failure()) {
      <p>
        <button class="button" type="button" (click)="attempt.submit()" i18n>Submit again</button>
      </p>
    }
  `,
})
export class Sending {
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly attempt = inject(Attempt);

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      if (!this.attempt.failure() && !this.attempt.isTimeUp()) return;
      afterNextRender(() => this.host.scrollIntoView({ block: 'nearest' }), { injector });
    });
  }
}
