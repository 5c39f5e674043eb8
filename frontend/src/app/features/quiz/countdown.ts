import { DestroyRef, Injectable, LOCALE_ID, computed, inject, signal } from '@angular/core';

/** The time limit of an attempt, with what is needed to compare the server's clock and the device's. */
export interface TimeLimit {
  readonly started_at: string;
  readonly deadline: string;
  /** The server's clock in its response. */
  readonly now: string;
  /** The device's clock when the request was sent. */
  readonly requestedAt: number;
}

const TICK_MS = 500;
/** The countdown ends this much earlier than the deadline, because answers need time to arrive. */
const SUBMIT_MARGIN_MS = 1000;
const HALF_A_DAY_MS = 12 * 60 * 60 * 1000;
const ANNOUNCEMENT_SECONDS = 10;
const ANNOUNCE_AT_SECONDS = [300, 60, 30];

/** Counts down the remaining time of an attempt by the server's clock. */
@Injectable()
export class Countdown {
  private readonly locale = inject(LOCALE_ID);
  private tickTimer: ReturnType<typeof setInterval> | undefined;
  private endTimer: ReturnType<typeof setTimeout> | undefined;
  private end = 0;
  private announcedAt = 0;
  private announceAt: readonly number[] = [];
  private onEnd: (() => void) | null = null;

  private readonly remaining = signal<number | null>(null);
  private readonly lastAnnouncement = signal('');

  /** Whole seconds; null without a time limit. */
  readonly secondsLeft = this.remaining.asReadonly();
  /** `1:05:09` or `5:09`. */
  readonly clock = computed(() => formatClock(this.remaining() ?? 0));
  /** For screen readers: the remaining time, at half of the time and shortly before the end. */
  readonly announcement = this.lastAnnouncement.asReadonly();

  constructor() {
    inject(DestroyRef).onDestroy(() => this.stop());
  }

  /** Counts down to the end, and then calls `onEnd` once. */
  start(limit: TimeLimit, onEnd: () => void): void {
    this.stop();
    this.announceAt = announcementTimes(totalMs(limit) / 1000);
    this.onEnd = onEnd;
    this.adjust(limit);
    this.tickTimer = setInterval(() => this.tick(), TICK_MS);
  }

  /** Sets the running countdown by a newer response of the server. */
  adjust(limit: TimeLimit): void {
    if (!this.onEnd) return;
    // The server's clock was read after `requestedAt`, so the countdown can only end too early.
    const end = toDeviceTime(limit.deadline, limit.now, limit.requestedAt);
    this.end = end.getTime() - Math.min(SUBMIT_MARGIN_MS, totalMs(limit) / 10);
    clearTimeout(this.endTimer);
    // Browsers slow down intervals in background tabs, but a single timer stays on time.
    this.endTimer = setTimeout(() => this.tick(), Math.max(0, this.end - Date.now()));
    this.tick();
  }

  stop(): void {
    clearInterval(this.tickTimer);
    clearTimeout(this.endTimer);
    this.onEnd = null;
    this.remaining.set(null);
    this.lastAnnouncement.set('');
  }

  private tick(): void {
    const before = this.remaining() ?? 0; // The first tick announces nothing.
    const seconds = Math.max(0, Math.ceil((this.end - Date.now()) / 1000));
    this.remaining.set(seconds);
    this.announce(before, seconds);
    if (seconds > 0) return;
    clearInterval(this.tickTimer);
    const { onEnd } = this;
    this.onEnd = null;
    onEnd?.();
  }

  private announce(before: number, seconds: number): void {
    if (this.lastAnnouncement() && this.announcedAt - seconds >= ANNOUNCEMENT_SECONDS) {
      this.lastAnnouncement.set('');
    }
    if (seconds > 0 && this.announceAt.some(time => seconds <= time && time < before)) {
      this.announcedAt = seconds;
      this.lastAnnouncement.set($localize`${formatDuration(seconds, this.locale)}:duration: left`);
    }
  }
}

/**
 * Converts a time of the server to the device's clock.
 *
 * @param now the server's clock when the device's clock showed `at`
 */
export function toDeviceTime(time: string, now: string, at: number): Date {
  return new Date(Date.parse(time) - Date.parse(now) + at);
}

/** Returns whether the time of day is clear without a date. */
export function isWithinHalfDay(time: Date | null): boolean {
  return time !== null && time.getTime() - Date.now() < HALF_A_DAY_MS;
}

/** Returns `1 hour, 30 minutes`, in the page's language. */
export function formatDuration(seconds: number, locale: string): string {
  const units = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [Math.floor(seconds) % 60, 'second'],
  ] as const;
  const parts = units
    .filter(([count]) => count > 0)
    .map(([count, unit]) =>
      new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay: 'long' }).format(count),
    );
  return new Intl.ListFormat(locale, { type: 'unit', style: 'long' }).format(parts);
}

function formatClock(seconds: number): string {
  const twoDigits = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = twoDigits(seconds % 60);
  return hours > 0 ? `${hours}:${twoDigits(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Returns the seconds at which to announce the time: half of it, unless another time is close. */
function announcementTimes(total: number): readonly number[] {
  const nearEnd = ANNOUNCE_AT_SECONDS.filter(time => time < total);
  const half = Math.round(total / 2);
  return nearEnd.some(time => Math.abs(time - half) < 60) ? nearEnd : [half, ...nearEnd];
}

function totalMs({ started_at, deadline }: TimeLimit): number {
  return Date.parse(deadline) - Date.parse(started_at);
}
