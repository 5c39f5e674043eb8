import { LOCALE_ID, Pipe, PipeTransform, inject } from '@angular/core';

/** Minutes as people say them: `1 hr, 20 min`, in the page's language. */
@Pipe({ name: 'duration' })
export class DurationPipe implements PipeTransform {
  private readonly locale = inject(LOCALE_ID);

  transform(minutes: number): string {
    const whole = Math.round(minutes);
    const [hours, rest] = [Math.floor(whole / 60), whole % 60];
    const parts = [
      ...(hours > 0 ? [this.say(hours, 'hour')] : []),
      ...(rest > 0 || hours === 0 ? [this.say(rest, 'minute')] : []),
    ];
    return new Intl.ListFormat(this.locale, { type: 'unit', style: 'short' }).format(parts);
  }

  private say(count: number, unit: 'hour' | 'minute'): string {
    return new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
      count,
    );
  }
}
