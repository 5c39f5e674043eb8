import { DOCUMENT, Injectable, computed, inject, signal } from '@angular/core';

export type Theme = 'auto' | 'light' | 'dark';

const KEY = 'lms.theme'; // Also read by public/theme.js before the first paint.

/** The theme chosen on this device: light, dark, or the system's. */
@Injectable({ providedIn: 'root' })
export class ThemePreference {
  private readonly document = inject(DOCUMENT);
  private readonly root = this.document.documentElement;
  private readonly current = signal(stored());
  private readonly systemIsDark = signal(false);
  readonly theme = this.current.asReadonly();
  readonly isDark = computed(() =>
    this.current() === 'auto' ? this.systemIsDark() : this.current() === 'dark',
  );

  constructor() {
    const system = this.document.defaultView?.matchMedia?.('(prefers-color-scheme: dark)');
    if (!system) return;
    this.systemIsDark.set(system.matches);
    system.addEventListener('change', ({ matches }) => this.systemIsDark.set(matches));
  }

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
