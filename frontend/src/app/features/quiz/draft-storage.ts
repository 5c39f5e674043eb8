import { DOCUMENT, Injectable, inject } from '@angular/core';

import { PRIVATE_PREFIX } from '@core/auth/private-data';
import { Draft } from './draft';
import { AnswerInput } from './quiz-api';

/** Identifies one attempt of a user at a quiz. */
export interface AttemptKey {
  readonly user: string;
  readonly quiz: string;
  readonly attempt: number;
}

/** A draft as it is stored, where the flags are called `marked`. */
interface StoredDraft {
  readonly answers: Draft['answers'];
  readonly marked: Draft['flagged'];
}

/** Saves the answers of open attempts on the device, so that a reload does not lose them. */
@Injectable({ providedIn: 'root' })
export class DraftStorage {
  private readonly window = inject(DOCUMENT).defaultView;

  /** Returns null if there is no readable draft. */
  read(attempt: AttemptKey): Draft | null {
    try {
      return parseDraft(this.window?.localStorage.getItem(storageKey(attempt)) ?? null);
    } catch {
      return null; // The browser denies access to the storage.
    }
  }

  /** Returns false if the storage is full or the browser denies access to it. */
  write(attempt: AttemptKey, { answers, flagged }: Draft): boolean {
    const stored: StoredDraft = { answers, marked: flagged };
    try {
      this.window?.localStorage.setItem(storageKey(attempt), JSON.stringify(stored));
      return true;
    } catch {
      return false;
    }
  }

  remove(attempt: AttemptKey): void {
    try {
      this.window?.localStorage.removeItem(storageKey(attempt));
    } catch {
      // Without access to the storage, there is no draft to remove.
    }
  }

  /** Removes the drafts of a quiz's attempts, except that of the open attempt. */
  removeAllExcept(open: number | null, { user, quiz }: Omit<AttemptKey, 'attempt'>): void {
    const prefix = storageKey({ user, quiz, attempt: '' });
    const openKey = open === null ? null : storageKey({ user, quiz, attempt: open });
    try {
      for (const key of Object.keys(this.window?.localStorage ?? {})) {
        if (key.startsWith(prefix) && key !== openKey) this.window?.localStorage.removeItem(key);
      }
    } catch {
      // Without access to the storage, there are no drafts to remove.
    }
  }

  /**
   * Calls `onChange` when another tab changes the draft, with null if it was removed.
   *
   * @returns a function that stops watching
   */
  watch(attempt: AttemptKey, onChange: (draft: Draft | null) => void): () => void {
    const key = storageKey(attempt);
    const listener = (event: StorageEvent) => {
      if (event.key === key || event.key === null) onChange(parseDraft(event.newValue));
    };
    this.window?.addEventListener('storage', listener);
    return () => this.window?.removeEventListener('storage', listener);
  }
}

function storageKey({
  user,
  quiz,
  attempt,
}: Omit<AttemptKey, 'attempt'> & { attempt: number | '' }): string {
  return `${PRIVATE_PREFIX}quiz.${user}.${quiz}.${attempt}`;
}

/** Parses a stored draft and drops invalid parts, because users can edit the storage. */
function parseDraft(json: string | null): Draft | null {
  if (json === null) return null;
  try {
    const { answers, marked } = JSON.parse(json) as Partial<StoredDraft>;
    return {
      answers: Object.fromEntries(
        Object.entries(answers ?? {}).filter(([, answer]) => isAnswerInput(answer)),
      ),
      flagged: Array.isArray(marked) ? marked.filter(id => typeof id === 'string') : [],
    };
  } catch {
    return null;
  }
}

function isAnswerInput(value: unknown): value is AnswerInput {
  if (typeof value !== 'object' || value === null) return false;
  if ('text' in value) return typeof value.text === 'string';
  return (
    'choices' in value &&
    Array.isArray(value.choices) &&
    value.choices.every(choice => typeof choice === 'string')
  );
}
