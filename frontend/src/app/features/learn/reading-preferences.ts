import { Injectable, WritableSignal, effect, signal } from '@angular/core';

/** Reading preferences of this device. */
@Injectable({ providedIn: 'root' })
export class ReadingPreferences {
  /** Shows only the text. */
  readonly isFocusMode = storedFlag('lms.learn.quiet', false);
  /** Single-letter shortcuts can interfere with speech input, so they can be turned off. */
  readonly hasShortcuts = storedFlag('lms.learn.keys', true);
}

function storedFlag(name: string, fallback: boolean): WritableSignal<boolean> {
  const stored = localStorage.getItem(name);
  const value = signal(stored === null ? fallback : stored === 'on');
  effect(() => localStorage.setItem(name, value() ? 'on' : 'off'));
  return value;
}
