import { DestroyRef, Injectable, LOCALE_ID, computed, inject, signal } from '@angular/core';

/** When an attempt ends, with what tells the server's clock from the device's. */
export interface Limits {
  readonly started_at: string;
  readonly deadline: string;
  /** The server's clock when it answered. */
  readonly now: string;
  /** The device's clock when it was asked. */
  readonly askedAt: number;
}

const TICK_MS = 500;
/** The time ends here this much earlier than on the server: answers take a while to get there. */
const LEAD_MS = 1000;
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;
const SAID_FOR_SECONDS = 10;
const SAID_AT_SECONDS = [300, 60, 30];

/** The time that is left of an attempt, by the server's clock, whatever the device's says. */
@Injectable()
export class Countdown {
  private readonly locale = inject(LOCALE_ID);
  private ticking: ReturnType<typeof setInterval> | undefined;
  private ending: ReturnType<typeof setTimeout> | undefined;
  private end = 0;
  private saidAt = 0;
  private marks: readonly number[] = [];
  private atEnd: (() => void) | null = null;

  private readonly left = signal<number | null>(null);
  private readonly lastSaid = signal('');

  /** Whole seconds; null where there is no limit. */
  readonly secondsLeft = this.left.asReadonly();
  readonly isOver = computed(() => this.left() === 0);
  /** `1:05:09` or `5:09`. */
  readonly clock = computed(() => asClock(this.left() ?? 0));
  /** What is to be read out; at the half and shortly before the end, for some seconds. */
  readonly said = this.lastSaid.asReadonly();

  constructor() {
    inject(DestroyRef).onDestroy(() => this.stop());
  }

  /** Runs until the end, and calls `atEnd` once. */
  run(limits: Limits, atEnd: () => void): void {
    this.stop();
    this.marks = marksOf(totalMs(limits) / 1000);
    this.atEnd = atEnd;
    this.set(limits);
    this.ticking = setInterval(() => this.tick(), TICK_MS);
  }

  /** Sets the clock by what the server has just answered. */
  set(limits: Limits): void {
    if (!this.atEnd) return;
    // Taking the answer for as old as the question errs on the early side.
    const end = onDevice(limits.deadline, limits.now, limits.askedAt);
    this.end = end.getTime() - Math.min(LEAD_MS, totalMs(limits) / 10);
    clearTimeout(this.ending);
    // A page in the background ticks once a minute, but a single timer is on time.
    this.ending = setTimeout(() => this.tick(), Math.max(0, this.end - Date.now()));
    this.tick();
  }

  stop(): void {
    clearInterval(this.ticking);
    clearTimeout(this.ending);
    this.atEnd = null;
    this.left.set(null);
    this.lastSaid.set('');
  }

  private tick(): void {
    const before = this.left() ?? 0; // what is left when one comes back is seen, not said
    const left = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
    this.left.set(left);
    if (this.lastSaid() && this.saidAt - left >= SAID_FOR_SECONDS) this.lastSaid.set('');
    if (this.marks.some(mark => left <= mark && mark < before) && left > 0) {
      this.saidAt = left;
      this.lastSaid.set($localize`${inWords(left, this.locale)}:duration: left`);
    }
    if (left > 0) return;
    clearInterval(this.ticking);
    const end = this.atEnd;
    this.atEnd = null;
    end?.();
  }
}

/**
 * Says a time of the server as the device's clock will show it.
 *
 * @param now the server's clock at the moment `at` of the device's
 */
export function onDevice(time: string, now: string, at: number): Date {
  return new Date(Date.parse(time) - Date.parse(now) + at);
}

/** Says whether the time alone tells when it is. */
export function isSoon(time: Date | null): boolean {
  return time !== null && time.getTime() - Date.now() < HALF_A_DAY_MS;
}

/** `1 hour, 30 minutes`, in the page's language. */
export function inWords(seconds: number, locale: string): string {
  const parts = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [Math.floor(seconds) % 60, 'second'],
  ] as const;
  const said = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
    );
  return new Intl.ListFormat(locale, { type: 'unit', style: 'long' }).format(said);
}

function asClock(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = two(seconds % 60);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Half of the time, and shortly before its end; the half only where nothing is said around then. */
function marksOf(total: number): readonly number[] {
  const shortly = SAID_AT_SECONDS.filter(mark => mark < total);
  const half = Math.round(total / 2);
  return shortly.some(mark => Math.abs(mark - half) < 60) ? shortly : [half, ...shortly];
}

function totalMs({ started_at, deadline }: Limits): number {
  return Date.parse(deadline) - Date.parse(started_at);
}
