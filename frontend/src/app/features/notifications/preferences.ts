import { ChangeDetectionStrategy, Component, inject, linkedSignal, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ErrorReporter } from '@core/errors/error-reporter';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { Channels, Choices, Kind, NotificationsApi } from './notifications-api';

/** What one wants to be told, and where; each choice is saved at once. */
@Component({
  selector: 'lms-preferences',
  imports: [RouterLink, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './preferences.scss',
  template: `
    <div class="page">
      <p><a routerLink="/notifications" i18n>Notifications</a></p>
      <h1 i18n>Notification settings</h1>
      <p class="lead" i18n>Choose what you are told, and where. Your choices are saved at once.</p>
      @if (read.error(); as error) {
        <lms-load-error [error]="error" (retry)="read.reload()" />
      } @else if (choices(); as chosen) {
        <div
          class="table"
          tabindex="0"
          role="region"
          aria-label="Notification settings"
          i18n-aria-label
        >
          <table>
            <thead>
              <tr>
                <th scope="col" i18n>When</th>
                <th scope="col" i18n>On this site</th>
                <th scope="col" i18n>By mail</th>
              </tr>
            </thead>
            <tbody>
              @for (kind of kinds; track kind[0]) {
                <tr>
                  <th scope="row">{{ kind[1] }}</th>
                  @for (channel of channels; track channel[0]) {
                    <td>
                      <label>
                        <input
                          #box
                          type="checkbox"
                          [checked]="chosen[kind[0]][channel[0]]"
                          (change)="choose(kind[0], channel[0], box.checked)"
                        />
                        <span class="visually-hidden">{{ kind[1] }}: {{ channel[1] }}</span>
                      </label>
                    </td>
                  }
                </tr>
              }
            </tbody>
          </table>
        </div>
        <p class="quiet" role="status">
          @if (saved()) {
            <ng-container i18n>Saved.</ng-container>
          }
        </p>
      } @else {
        <lms-skeleton [count]="6" height="3rem" />
      }
    </div>
  `,
})
export class Preferences {
  private readonly api = inject(NotificationsApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly read = this.api.preferences();
  protected readonly choices = linkedSignal<Choices | undefined>(() =>
    this.read.hasValue() ? this.read.value() : undefined,
  );
  protected readonly saved = signal(false);
  protected readonly kinds: readonly (readonly [Kind, string])[] = [
    ['enrolled', $localize`You are enrolled in a course`],
    ['milestone', $localize`You reach a milestone`],
    ['quiz_passed', $localize`You pass a quiz`],
    ['quiz_failed', $localize`You do not pass a quiz`],
    ['quiz_regraded', $localize`A quiz of yours is graded again`],
    ['instructor_granted', $localize`You become an instructor`],
  ];
  protected readonly channels: readonly (readonly [keyof Channels, string])[] = [
    ['app', $localize`On this site`],
    ['mail', $localize`By mail`],
  ];

  protected async choose(kind: Kind, channel: keyof Channels, isOn: boolean): Promise<void> {
    const before = this.choices();
    if (!before) return;
    const wanted = { ...before, [kind]: { ...before[kind], [channel]: isOn } };
    this.choices.set(wanted);
    this.saved.set(false);
    try {
      await this.api.prefer(wanted);
      this.saved.set(true);
    } catch (error) {
      this.choices.set(before);
      await this.errorReporter.report(error);
    }
  }
}
