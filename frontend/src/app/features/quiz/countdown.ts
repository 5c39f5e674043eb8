import { DestroyRef, Signal, signal } from '@angular/core';

const TICK_MS = 1000;

/**
 * The seconds that are left until the deadline on the server's clock, counted down until `destroyed`.
 *
 * @param now the server's time at this moment; the device's own clock may be wrong
 */
export function countDown(deadline: string, now: string, destroyed: DestroyRef): Signal<number> {
  const end = performance.now() + Date.parse(deadline) - Date.parse(now);
  const secondsLeft = () => Math.max(0, Math.ceil((end - performance.now()) / 1000));
  const left = signal(secondsLeft());
  const timer = setInterval(() => left.set(secondsLeft()), TICK_MS);
  destroyed.onDestroy(() => clearInterval(timer));
  return left.asReadonly();
}

/** `1:05:09` or `5:09`. */
export function asClock(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours > 0
    ? `${hours}:${two(minutes)}:${two(seconds % 60)}`
    : `${minutes}:${two(seconds % 60)}`;
}
