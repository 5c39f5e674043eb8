import { ChangeDetectionStrategy, Component, inject, linkedSignal, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

import { ErrorReporter } from '@core/errors/error-reporter';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { Channels, Choices, Kind, NotificationsApi } from './notifications-api';

/** Notification preferences; each change is saved at once. */
@Component({
  selector: 'lms-preferences',
  imports: [RouterLink, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './preferences.scss',
  templateUrl: './preferences.html',
})
export class Preferences {
  private readonly api = inject(NotificationsApi);
  private readonly errorReporter = inject(ErrorReporter);
  protected readonly stored = this.api.preferences();
  protected readonly choices = linkedSignal<Choices | undefined>(() =>
    this.stored.hasValue() ? this.stored.value() : undefined,
  );
  protected readonly saved = signal(false);
  protected readonly kinds: readonly (readonly [Kind, string])[] = [
    ['enrolled', $localize`You are enrolled in a course`],
    ['milestone', $localize`You reach a milestone`],
    ['quiz_passed', $localize`You pass a quiz`],
    ['quiz_failed', $localize`You do not pass a quiz`],
    ['quiz_regraded', $localize`One of your quizzes is regraded`],
    ['instructor_granted', $localize`You become an instructor`],
  ];
  protected readonly channels: readonly (readonly [keyof Channels, string])[] = [
    ['app', $localize`On this site`],
    ['mail', $localize`By email`],
  ];

  protected async choose(kind: Kind, channel: keyof Channels, isOn: boolean): Promise<void> {
    const previous = this.choices();
    if (!previous) return;
    const changed = { ...previous, [kind]: { ...previous[kind], [channel]: isOn } };
    this.choices.set(changed);
    this.saved.set(false);
    try {
      await this.api.savePreferences(changed);
      this.saved.set(true);
    } catch (error) {
      this.choices.set(previous);
      await this.errorReporter.report(error);
    }
  }
}
