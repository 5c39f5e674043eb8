import { Injectable, WritableSignal, effect, signal } from '@angular/core';

/** How one likes to read, on this device. */
@Injectable({ providedIn: 'root' })
export class ReadingHabits {
  /** Nothing but the text. */
  readonly isQuiet = kept('lms.learn.quiet', false);
  /** Keys lead from lesson to lesson; single letters get in the way of those who speak to it. */
  readonly hasKeys = kept('lms.learn.keys', true);
}

function kept(name: string, unset: boolean): WritableSignal<boolean> {
  const stored = localStorage.getItem(name);
  const value = signal(stored === null ? unset : stored === 'on');
  effect(() => localStorage.setItem(name, value() ? 'on' : 'off'));
  return value;
}
