import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

import { PRIVATE } from '@core/auth/device';

const PAUSE_MS = 300;

/** Remembers on the device how far one has read in each lesson. */
@Injectable()
export class PlaceKeeper {
  private readonly window = inject(DOCUMENT).defaultView;
  private lesson: string | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const note = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.note(), PAUSE_MS);
    };
    this.window?.addEventListener('scroll', note, { passive: true });
    inject(DestroyRef).onDestroy(() => {
      clearTimeout(this.timer);
      this.window?.removeEventListener('scroll', note);
    });
  }

  /** Goes where one was in the lesson, which is on the page by now, and follows one from there. */
  open(lesson: string): void {
    clearTimeout(this.timer);
    this.lesson = lesson;
    const top = Number(localStorage.getItem(keyOf(lesson))) || 0;
    if (top > 0) this.window?.scrollTo({ top });
  }

  private note(): void {
    if (this.lesson === null) return;
    const top = Math.round(this.window?.scrollY ?? 0);
    if (top > 0) localStorage.setItem(keyOf(this.lesson), String(top));
    else localStorage.removeItem(keyOf(this.lesson));
  }
}

function keyOf(lesson: string): string {
  return `${PRIVATE}place.${lesson}`;
}
