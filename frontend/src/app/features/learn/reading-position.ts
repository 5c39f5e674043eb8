import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

import { PRIVATE_PREFIX } from '@core/auth/private-data';
import { Snackbar } from '@core/snackbar/snackbar';

const PAUSE_MS = 250;
/** Positions nearer to the top are not stored. */
const MIN_POSITION = 0.1;

/** Restores the reading position in a lesson, stored on the device as a fraction of its height. */
@Injectable()
export class ReadingPosition {
  private readonly snackbar = inject(Snackbar);
  private readonly window = inject(DOCUMENT).defaultView as Window;
  private lesson: string | null = null;
  private text: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const save = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.save(), PAUSE_MS);
    };
    this.window.addEventListener('scroll', save, { passive: true });
    inject(DestroyRef).onDestroy(() => {
      this.window.removeEventListener('scroll', save);
      this.leave();
    });
  }

  /** Scrolls to the stored position of a text that was rendered, and announces it. */
  async open(lesson: string, text: HTMLElement): Promise<void> {
    this.leave();
    this.lesson = lesson;
    this.text = text;
    const position = Number(localStorage.getItem(storageKey(lesson)));
    if (position < MIN_POSITION) return;
    const { top, height } = text.getBoundingClientRect();
    this.window.scrollTo({ top: this.window.scrollY + top + position * height });
    const startsOver = await this.snackbar.showWithAction(
      $localize`Resumed where you left off.`,
      $localize`Start from the top`,
    );
    if (startsOver && this.lesson === lesson) this.window.scrollTo({ top: 0 });
  }

  /** Stops tracking, because the text is removed. */
  leave(): void {
    clearTimeout(this.timer);
    this.lesson = this.text = null;
  }

  /** Forgets the position, so that the lesson opens at the top. */
  finish(lesson: string): void {
    localStorage.removeItem(storageKey(lesson));
  }

  private save(): void {
    if (this.lesson === null || this.text === null) return;
    const { top, bottom, height } = this.text.getBoundingClientRect();
    const position = Math.max(0, -top / height);
    const isAtEnd = bottom <= this.window.innerHeight;
    if (isAtEnd || position < MIN_POSITION) this.finish(this.lesson);
    else localStorage.setItem(storageKey(this.lesson), position.toFixed(4));
  }
}

function storageKey(lesson: string): string {
  return `${PRIVATE_PREFIX}place.${lesson}`;
}
