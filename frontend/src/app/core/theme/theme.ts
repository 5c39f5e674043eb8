import { DOCUMENT, Injectable, inject, signal } from '@angular/core';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'lms.theme'; // as in public/theme.js, which sets it before the first paint

/** Light, dark, or as the system says; it lies on the device. */
@Injectable({ providedIn: 'root' })
export class ThemeChoice {
  private readonly root = inject(DOCUMENT).documentElement;
  private readonly current = signal(stored());
  readonly theme = this.current.asReadonly();

  choose(theme: Theme): void {
    this.current.set(theme);
    if (theme === 'auto') {
      localStorage.removeItem(KEY);
      delete this.root.dataset['theme'];
    } else {
      localStorage.setItem(KEY, theme);
      this.root.dataset['theme'] = theme;
    }
  }
}

function stored(): Theme {
  const chosen = localStorage.getItem(KEY);
  return chosen === 'light' || chosen === 'dark' ? chosen : 'auto';
}
