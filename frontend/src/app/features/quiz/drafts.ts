import { DOCUMENT, DestroyRef, Injectable, inject } from '@angular/core';

import { Session } from '@core/auth/session';
import { PRIVATE } from '@core/auth/device';
import { Given } from './quiz-api';

/** What one has answered so far, and what one wants to look at again. */
export interface Draft {
  readonly answers: Readonly<Record<string, Given>>;
  readonly marked: readonly string[];
}

export const NO_DRAFT: Draft = { answers: {}, marked: [] };

/** Keeps the answers of an open attempt on the device, so that a reload or a lost network costs none. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private readonly session = inject(Session);
  private readonly window = inject(DOCUMENT).defaultView;

  read(quiz: string, attempt: number): Draft {
    return parsed(localStorage.getItem(this.key(quiz, attempt)));
  }

  /** Says whether the device has room for it. */
  keep(quiz: string, attempt: number, draft: Draft): boolean {
    try {
      localStorage.setItem(this.key(quiz, attempt), JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  forget(quiz: string, attempt: number): void {
    localStorage.removeItem(this.key(quiz, attempt));
  }

  /** Tells what another tab keeps of the same attempt, until the caller is destroyed. */
  watch(quiz: string, attempt: number, destroyed: DestroyRef, tell: (draft: Draft) => void): void {
    const key = this.key(quiz, attempt);
    const hear = (event: StorageEvent) => {
      if (event.key === key && event.newValue !== null) tell(parsed(event.newValue));
    };
    this.window?.addEventListener('storage', hear);
    destroyed.onDestroy(() => this.window?.removeEventListener('storage', hear));
  }

  private key(quiz: string, attempt: number): string {
    return `${PRIVATE}quiz.${this.session.user()?.id ?? ''}.${quiz}.${attempt}`;
  }
}

function parsed(text: string | null): Draft {
  try {
    return { ...NO_DRAFT, ...(JSON.parse(text ?? '{}') as Partial<Draft>) };
  } catch {
    return NO_DRAFT;
  }
}
