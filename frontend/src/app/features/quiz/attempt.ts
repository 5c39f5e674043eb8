import { DOCUMENT, DestroyRef, Injectable, computed, inject, signal } from '@angular/core';

import { ApiError } from '@core/errors/api-error';
import { Countdown, onDevice } from './countdown';
import { Draft, Drafts, EMPTY, Place } from './drafts';
import { Answer, Asked, AnswerInput, QuizApi, Started, Submission } from './quiz-api';

/** How an attempt ended. */
export type Ending =
  | { readonly kind: 'submitted'; readonly submission: Submission; readonly byTime: boolean }
  | { readonly kind: 'elsewhere'; readonly submission: string }
  | { readonly kind: 'ran-out'; readonly attempt: number };

export interface Step {
  readonly number: number;
  readonly question: Asked;
  readonly given: AnswerInput | undefined;
  readonly isAnswered: boolean;
  readonly isMarked: boolean;
}

const RETRIES_AFTER_MS = [5_000, 10_000, 20_000, 40_000, 60_000];
/** The server says by these that the attempt is not open; what became of it is to be found out. */
const NOT_OPEN = [
  'already_submitted',
  'no_attempts_left',
  'not_started',
  'time_is_up',
  'idempotency_conflict',
];

/**
 * An open attempt: its questions, what is answered, and its way to the server.
 *
 * Answers lie on the device as soon as they are given, and go when they are submitted. An attempt is
 * submitted under a key made of its number, so that a lost answer of the server, another tab or
 * another device never makes two of one attempt.
 */
@Injectable()
export class Attempt {
  private readonly api = inject(QuizApi);
  private readonly drafts = inject(Drafts);
  private readonly countdown = inject(Countdown);
  private readonly window = inject(DOCUMENT).defaultView;

  private readonly place = signal<Place | null>(null);
  private readonly asked = signal<readonly Asked[]>([]);
  private readonly draft = signal<Draft>(EMPTY);
  private readonly end = signal<Date | null>(null);
  private readonly state = signal<'answering' | 'sending' | 'waiting'>('answering');
  private readonly wrong = signal<ApiError | null>(null);
  private readonly isKept = signal<boolean | null>(null);
  private readonly fromElsewhere = signal(false);
  private readonly timedOut = signal(false);
  private readonly ended = signal<Ending | null>(null);
  private stopWatching: () => void = () => undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retries = 0;
  private newKeys = 0;

  readonly number = computed(() => this.place()?.attempt ?? null);
  readonly isOpen = computed(() => this.place() !== null);
  /** As the device's clock will show it; null where there is no limit. */
  readonly endsAt = this.end.asReadonly();
  /** The answers are on their way. */
  readonly isSending = computed(() => this.state() === 'sending');
  /** The answers could not be sent; it is tried again. */
  readonly isWaiting = computed(() => this.state() === 'waiting');
  /** Why the last submitting failed. */
  readonly failure = this.wrong.asReadonly();
  /** Whether the last change lies on the device; null before the first one. */
  readonly kept = this.isKept.asReadonly();
  /** Another tab has changed the answers. */
  readonly changedElsewhere = this.fromElsewhere.asReadonly();
  /** The time is up: nothing can be changed any more. */
  readonly isTimeUp = this.timedOut.asReadonly();
  readonly ending = this.ended.asReadonly();

  readonly steps = computed<readonly Step[]>(() => {
    const { answers, marked } = this.draft();
    return this.asked().map((question, index) => ({
      number: index + 1,
      question,
      given: answers[question.id],
      isAnswered: isAnswer(answers[question.id]),
      isMarked: marked.includes(question.id),
    }));
  });
  readonly unanswered = computed(() => this.steps().filter(step => !step.isAnswered).length);
  readonly marked = computed(() => this.steps().filter(step => step.isMarked).length);

  constructor() {
    const document = inject(DOCUMENT);
    const online = () => this.isWaiting() && void this.submit();
    const seen = () => document.visibilityState === 'visible' && void this.look();
    this.window?.addEventListener('online', online);
    document.addEventListener('visibilitychange', seen);
    inject(DestroyRef).onDestroy(() => {
      this.close();
      this.window?.removeEventListener('online', online);
      document.removeEventListener('visibilitychange', seen);
    });
  }

  /**
   * Takes over an attempt that the server has opened, or that was open.
   *
   * @param askedAt the device's clock when the server was asked
   */
  open(place: Omit<Place, 'attempt'>, started: Started, askedAt: number): void {
    this.close();
    const here = { ...place, attempt: started.attempt };
    this.drafts.forgetAllBut(started.attempt, place);
    this.place.set(here);
    this.asked.set(started.questions);
    this.draft.set(fitting(this.drafts.read(here) ?? EMPTY, started.questions));
    this.stopWatching = this.drafts.watch(here, draft => this.hear(draft));
    if (started.deadline === null) return;
    const limits = { ...started, deadline: started.deadline, askedAt };
    this.end.set(onDevice(started.deadline, started.now, askedAt));
    this.countdown.run(limits, () => this.timeIsUp());
  }

  /** Answers a question. */
  give(question: string, given: AnswerInput): void {
    this.change(draft => ({ ...draft, answers: { ...draft.answers, [question]: given } }));
  }

  /** Takes a choice among several, or gives it up. */
  toggle(question: string, choice: string, isChosen: boolean): void {
    this.change(draft => {
      const before = draft.answers[question];
      const chosen = before && 'choices' in before ? before.choices : [];
      const others = chosen.filter(one => one !== choice);
      const choices = isChosen ? [...others, choice] : others;
      return { ...draft, answers: { ...draft.answers, [question]: { choices } } };
    });
  }

  /** Marks a question to be looked at again, or takes the mark away. */
  mark(question: string, isMarked: boolean): void {
    this.change(draft => ({
      ...draft,
      marked: [...draft.marked.filter(one => one !== question), ...(isMarked ? [question] : [])],
    }));
  }

  /** Submits what is answered; where that fails, all is kept, and it is tried again. */
  async submit(): Promise<void> {
    const place = this.place();
    if (!place || this.isSending()) return;
    clearTimeout(this.retry);
    this.state.set('sending');
    this.wrong.set(null);
    try {
      await this.send(place);
    } catch (error) {
      if (this.place() !== place) return;
      this.state.set('answering');
      if (!(error instanceof ApiError)) throw error;
      this.wrong.set(error);
      if (isPassing(error)) this.tryLater(error);
    }
  }

  /** Lets go of the attempt; it stays open on the server, and its answers on the device. */
  close(): void {
    this.stopWatching();
    clearTimeout(this.retry);
    this.countdown.stop();
    this.place.set(null);
    this.draft.set(EMPTY);
    this.asked.set([]);
    this.end.set(null);
    this.state.set('answering');
    this.wrong.set(null);
    this.isKept.set(null);
    this.fromElsewhere.set(false);
    this.timedOut.set(false);
    this.ended.set(null);
    this.retries = this.newKeys = 0;
  }

  private change(change: (draft: Draft) => Draft): void {
    const place = this.place();
    if (!place || this.isTimeUp() || this.isSending()) return;
    // Another tab may have written since; but where nothing can be written, what is here is newer.
    const before = (this.isKept() === false ? null : this.drafts.read(place)) ?? this.draft();
    const draft = change(fitting(before, this.asked()));
    this.draft.set(draft);
    this.isKept.set(this.drafts.write(place, draft));
    this.fromElsewhere.set(false);
    if (this.isWaiting()) this.state.set('answering'); // it is no longer what was to be sent
    clearTimeout(this.retry);
  }

  /** Another tab has changed the draft, or removed it, since it has submitted the attempt. */
  private hear(draft: Draft | null): void {
    if (draft === null) {
      void this.look();
      return;
    }
    this.draft.set(fitting(draft, this.asked()));
    this.fromElsewhere.set(true);
  }

  private timeIsUp(): void {
    this.timedOut.set(true);
    void this.submit();
  }

  private async send(place: Place): Promise<void> {
    try {
      const submission = await this.api.submit(place.quiz, this.answers(), this.keyOf(place));
      if (this.place() !== place) return;
      this.finish(place, { kind: 'submitted', submission, byTime: this.isTimeUp() });
    } catch (error) {
      const mayBeOver = error instanceof ApiError && NOT_OPEN.includes(error.code);
      if (!mayBeOver) throw error;
      if (await this.isStillOpen(place)) {
        // The key is held by a try that broke off on the server, with other answers.
        if (error.code !== 'idempotency_conflict') throw error;
        this.newKeys++;
        await this.send(place);
      }
    }
  }

  /** Looks, when one comes back to the page, whether the attempt is still open, and what time it is. */
  private async look(): Promise<void> {
    const place = this.place();
    if (!place || this.isSending()) return;
    try {
      await this.isStillOpen(place);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error; // the server could not be asked; all goes on
    }
  }

  /** Asks the server; where the attempt is over, finds out how it ended. */
  private async isStillOpen(place: Place): Promise<boolean> {
    const askedAt = Date.now();
    const quiz = await this.api.standing(place.quiz);
    if (this.place() !== place) return false;
    const open = quiz.my_open;
    if (open === undefined) return true; // one has left the course: nothing is known
    if (open?.attempt === place.attempt) {
      const { started_at, deadline } = open;
      if (deadline) this.countdown.set({ started_at, deadline, now: quiz.now, askedAt });
      return true;
    }
    const submission = await this.api.submittedAs(place.quiz, place.user, place.attempt);
    if (this.place() !== place) return false;
    this.finish(
      place,
      submission ? { kind: 'elsewhere', submission } : { kind: 'ran-out', attempt: place.attempt },
    );
    return false;
  }

  private finish(place: Place, ending: Ending): void {
    this.close();
    this.drafts.forget(place);
    this.ended.set(ending);
  }

  private tryLater(error: ApiError): void {
    this.state.set('waiting');
    const wait = RETRIES_AFTER_MS[Math.min(this.retries++, RETRIES_AFTER_MS.length - 1)] ?? 0;
    const asked = (error.retryAfterSeconds ?? 0) * 1000;
    this.retry = setTimeout(() => void this.submit(), Math.max(wait, asked));
  }

  private answers(): readonly Answer[] {
    return this.steps().flatMap(({ question, given }) =>
      given && isAnswer(given) ? [{ question: question.id, ...given }] : [],
    );
  }

  private keyOf({ quiz, attempt }: Place): string {
    return `quiz-${quiz}-attempt-${attempt}${'-again'.repeat(this.newKeys)}`;
  }
}

export function isAnswer(given: AnswerInput | undefined): boolean {
  if (!given) return false;
  return 'choices' in given ? given.choices.length > 0 : given.text.trim() !== '';
}

/** The server may answer otherwise the next time, and may even have done what it was asked. */
function isPassing({ status, code }: ApiError): boolean {
  return status === 0 || status >= 500 || status === 429 || code === 'idempotency_running';
}

/** Leaves out what does not answer these questions. */
function fitting({ answers, marked }: Draft, questions: readonly Asked[]): Draft {
  const fit: Record<string, AnswerInput> = {};
  for (const { id, choices } of questions) {
    const given = answers[id];
    if (!given || 'choices' in given !== choices.length > 0) continue;
    const offered = choices.map(choice => choice.id);
    fit[id] =
      'choices' in given
        ? { choices: given.choices.filter(choice => offered.includes(choice)) }
        : given;
  }
  return { answers: fit, marked: marked.filter(id => questions.some(one => one.id === id)) };
}
