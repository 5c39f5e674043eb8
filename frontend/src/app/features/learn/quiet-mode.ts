import { DOCUMENT, DestroyRef, Injectable, inject, signal } from '@angular/core';

const KEY = 'lms.quiet';

/** Leaves only the text on the page; styles.scss hides the rest. The choice lies on the device. */
@Injectable()
export class QuietMode {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly chosen = signal(localStorage.getItem(KEY) !== null);
  readonly isOn = this.chosen.asReadonly();

  constructor() {
    this.show(this.isOn());
    inject(DestroyRef).onDestroy(() => this.show(false));
  }

  toggle(): void {
    if (this.isOn()) {
      this.leave();
    } else {
      localStorage.setItem(KEY, '1');
      this.chosen.set(true);
      this.show(true);
    }
  }

  leave(): void {
    localStorage.removeItem(KEY);
    this.chosen.set(false);
    this.show(false);
  }

  private show(isOn: boolean): void {
    this.root.toggleAttribute('data-quiet', isOn);
  }
}
