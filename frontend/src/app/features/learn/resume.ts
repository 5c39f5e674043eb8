import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

import { PRIVATE_PREFIX } from '@core/auth/private-data';
import { Snackbar } from '@core/snackbar/snackbar';

const PAUSE_MS = 250;
/** Less is no place that one would have to find again. */
const WORTH_IT = 0.1;

/** Brings one back to where one was in a lesson: a share of its height, kept on the device. */
@Injectable()
export class Resume {
  private readonly snackbar = inject(Snackbar);
  private readonly window = inject(DOCUMENT).defaultView as Window;
  private lesson: string | null = null;
  private text: HTMLElement | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    const keep = () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.keep(), PAUSE_MS);
    };
    this.window.addEventListener('scroll', keep, { passive: true });
    inject(DestroyRef).onDestroy(() => {
      this.window.removeEventListener('scroll', keep);
      this.leave();
    });
  }

  /** The text is there: goes to where one was in it, and says so. */
  async open(lesson: string, text: HTMLElement): Promise<void> {
    this.leave();
    this.lesson = lesson;
    this.text = text;
    const place = Number(localStorage.getItem(keyOf(lesson)));
    if (place < WORTH_IT) return;
    const { top, height } = text.getBoundingClientRect();
    this.window.scrollTo({ top: this.window.scrollY + top + place * height });
    const isWanted = await this.snackbar.showWithAction(
      $localize`You are where you left off.`,
      $localize`Start at the top`,
    );
    if (isWanted && this.lesson === lesson) this.window.scrollTo({ top: 0 });
  }

  /** The text goes: where the page is scrolled to now is no place in it. */
  leave(): void {
    clearTimeout(this.timer);
    this.lesson = this.text = null;
  }

  /** One is through: the next time begins at the top. */
  finish(lesson: string): void {
    localStorage.removeItem(keyOf(lesson));
  }

  private keep(): void {
    if (this.lesson === null || this.text === null) return;
    const { top, bottom, height } = this.text.getBoundingClientRect();
    const place = Math.max(0, -top / height);
    const isRead = bottom <= this.window.innerHeight;
    if (isRead || place < WORTH_IT) this.finish(this.lesson);
    else localStorage.setItem(keyOf(this.lesson), place.toFixed(4));
  }
}

function keyOf(lesson: string): string {
  return `${PRIVATE_PREFIX}place.${lesson}`;
}
