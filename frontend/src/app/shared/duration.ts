import { LOCALE_ID, Pipe, PipeTransform, inject } from '@angular/core';

/** Formats minutes as `1 hr, 20 min` in the page's language. */
@Pipe({ name: 'duration' })
export class DurationPipe implements PipeTransform {
  private readonly locale = inject(LOCALE_ID);

  transform(minutes: number): string {
    const total = Math.round(minutes);
    const [hours, rest] = [Math.floor(total / 60), total % 60];
    const parts = [
      ...(hours > 0 ? [this.format(hours, 'hour')] : []),
      ...(rest > 0 || hours === 0 ? [this.format(rest, 'minute')] : []),
    ];
    return new Intl.ListFormat(this.locale, { type: 'unit', style: 'short' }).format(parts);
  }

  private format(count: number, unit: 'hour' | 'minute'): string {
    return new Intl.NumberFormat(this.locale, { style: 'unit', unit, unitDisplay: 'short' }).format(
      count,
    );
  }
}
