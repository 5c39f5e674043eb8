import { DOCUMENT, Injectable, inject } from '@angular/core';

import { PRIVATE_PREFIX } from '@core/auth/private-data';
import { AnswerInput } from './quiz-api';

/** What one has answered so far, and which questions one wants to look at again. */
export interface Draft {
  readonly answers: Readonly<Record<string, AnswerInput>>;
  readonly marked: readonly string[];
}

/** Whose attempt at which quiz. */
export interface Place {
  readonly user: string;
  readonly quiz: string;
  readonly attempt: number;
}

export const EMPTY: Draft = { answers: {}, marked: [] };

/** Keeps the answers of open attempts on the device, for a reload must not lose them. */
@Injectable({ providedIn: 'root' })
export class Drafts {
  private readonly window = inject(DOCUMENT).defaultView;

  /** Returns null where nothing is kept, or nothing that can be read. */
  read(place: Place): Draft | null {
    try {
      return asDraft(this.window?.localStorage.getItem(keyOf(place)) ?? null);
    } catch {
      return null; // the browser forbids it
    }
  }

  /** Returns false where the device cannot keep it: it is full, or the browser forbids it. */
  write(place: Place, draft: Draft): boolean {
    try {
      this.window?.localStorage.setItem(keyOf(place), JSON.stringify(draft));
      return true;
    } catch {
      return false;
    }
  }

  forget(place: Place): void {
    try {
      this.window?.localStorage.removeItem(keyOf(place));
    } catch {
      // where nothing can be kept, nothing is
    }
  }

  /** Drops what is left of attempts at a quiz that are no longer open. */
  forgetAllBut(open: number | null, { user, quiz }: Omit<Place, 'attempt'>): void {
    const mine = keyOf({ user, quiz, attempt: '' });
    const kept = open === null ? null : keyOf({ user, quiz, attempt: open });
    try {
      for (const key of Object.keys(this.window?.localStorage ?? {})) {
        if (key.startsWith(mine) && key !== kept) this.window?.localStorage.removeItem(key);
      }
    } catch {
      // where nothing can be kept, nothing is
    }
  }

  /** Hears what another tab makes of the draft: null where it is gone. Returns how to stop. */
  watch(place: Place, hear: (draft: Draft | null) => void): () => void {
    const key = keyOf(place);
    const listen = (event: StorageEvent) => {
      if (event.key === key || event.key === null) hear(asDraft(event.newValue));
    };
    this.window?.addEventListener('storage', listen);
    return () => this.window?.removeEventListener('storage', listen);
  }
}

function keyOf({ user, quiz, attempt }: Omit<Place, 'attempt'> & { attempt: number | '' }): string {
  return `${PRIVATE_PREFIX}quiz.${user}.${quiz}.${attempt}`;
}

/** Reads a draft; what is not of its form is left out, for anybody may write there. */
function asDraft(text: string | null): Draft | null {
  if (text === null) return null;
  try {
    const { answers, marked } = JSON.parse(text) as Partial<Draft>;
    return {
      answers: Object.fromEntries(Object.entries(answers ?? {}).filter(([, one]) => isGiven(one))),
      marked: Array.isArray(marked) ? marked.filter(one => typeof one === 'string') : [],
    };
  } catch {
    return null;
  }
}

function isGiven(one: unknown): one is AnswerInput {
  if (typeof one !== 'object' || one === null) return false;
  if ('text' in one) return typeof one.text === 'string';
  return (
    'choices' in one &&
    Array.isArray(one.choices) &&
    one.choices.every(choice => typeof choice === 'string')
  );
}
