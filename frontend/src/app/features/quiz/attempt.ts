import { DOCUMENT, DestroyRef, Injectable, computed, inject, signal } from '@angular/core';

import { ApiError } from '@core/errors/api-error';
import { Countdown, toDeviceTime } from './countdown';
import {
  Draft,
  EMPTY_DRAFT,
  isAnswered,
  restrictTo,
  withAnswer,
  withChoice,
  withFlag,
} from './draft';
import { AttemptKey, DraftStorage } from './draft-storage';
import {
  Answer,
  AnswerInput,
  QuestionSnapshot,
  QuizApi,
  StartedAttempt,
  Submission,
} from './quiz-api';
import { isTemporary, mayBeOver, retryDelay } from './submit-errors';

/** How an attempt ended. */
export type AttemptOutcome =
  | { readonly kind: 'submitted'; readonly submission: Submission; readonly isAutomatic: boolean }
  | { readonly kind: 'submitted-elsewhere'; readonly submission: string }
  | { readonly kind: 'timed-out'; readonly attempt: number };

/** A question of the attempt with its answer. */
export interface Step {
  readonly number: number;
  readonly question: QuestionSnapshot;
  readonly answer: AnswerInput | undefined;
  readonly isAnswered: boolean;
  readonly isFlagged: boolean;
}

/**
 * An open attempt: its questions, its answers, and their submission.
 *
 * Answers are saved on the device when they are given, and removed when they are submitted. The
 * idempotency key is derived from the attempt's number, so that a lost response, another tab or another
 * device never turns one attempt into two.
 */
@Injectable()
export class Attempt {
  private readonly api = inject(QuizApi);
  private readonly drafts = inject(DraftStorage);
  private readonly countdown = inject(Countdown);
  private readonly window = inject(DOCUMENT).defaultView;

  private readonly attemptKey = signal<AttemptKey | null>(null);
  private readonly questions = signal<readonly QuestionSnapshot[]>([]);
  private readonly draft = signal<Draft>(EMPTY_DRAFT);
  private readonly deviceDeadline = signal<Date | null>(null);
  private readonly state = signal<'answering' | 'submitting' | 'retrying'>('answering');
  private readonly submitError = signal<ApiError | null>(null);
  private readonly savedOnDevice = signal<boolean | null>(null);
  private readonly changedInOtherTab = signal(false);
  private readonly timeIsUp = signal(false);
  private readonly finalOutcome = signal<AttemptOutcome | null>(null);
  private stopWatching: () => void = () => undefined;
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private retries = 0;
  private replacedKeys = 0;

  readonly isOpen = computed(() => this.attemptKey() !== null);
  /** By the device's clock; null without a time limit. */
  readonly endsAt = this.deviceDeadline.asReadonly();
  readonly isSubmitting = computed(() => this.state() === 'submitting');
  /** The last submission failed and will be retried automatically. */
  readonly isRetrying = computed(() => this.state() === 'retrying');
  /** Why the last submission failed. */
  readonly error = this.submitError.asReadonly();
  /** Whether the last change could be saved on the device; null before the first change. */
  readonly isSaved = this.savedOnDevice.asReadonly();
  readonly isChangedInOtherTab = this.changedInOtherTab.asReadonly();
  /** Answers can no longer be changed. */
  readonly isTimeUp = this.timeIsUp.asReadonly();
  readonly outcome = this.finalOutcome.asReadonly();

  readonly steps = computed<readonly Step[]>(() => {
    const { answers, flagged } = this.draft();
    return this.questions().map((question, index) => ({
      number: index + 1,
      question,
      answer: answers[question.id],
      isAnswered: isAnswered(answers[question.id]),
      isFlagged: flagged.includes(question.id),
    }));
  });
  readonly unansweredCount = computed(() => this.steps().filter(step => !step.isAnswered).length);
  readonly flaggedCount = computed(() => this.steps().filter(step => step.isFlagged).length);

  constructor() {
    const document = inject(DOCUMENT);
    const retryWhenOnline = () => this.isRetrying() && void this.submit();
    const checkWhenVisible = () =>
      document.visibilityState === 'visible' && void this.checkStatus();
    this.window?.addEventListener('online', retryWhenOnline);
    document.addEventListener('visibilitychange', checkWhenVisible);
    inject(DestroyRef).onDestroy(() => {
      this.close();
      this.window?.removeEventListener('online', retryWhenOnline);
      document.removeEventListener('visibilitychange', checkWhenVisible);
    });
  }

  /**
   * Shows a new or continued attempt.
   *
   * @param requestedAt the device's clock when the request was sent
   */
  open(owner: Omit<AttemptKey, 'attempt'>, started: StartedAttempt, requestedAt: number): void {
    this.close();
    const attemptKey = { ...owner, attempt: started.attempt };
    this.drafts.removeAllExcept(started.attempt, owner);
    this.attemptKey.set(attemptKey);
    this.questions.set(started.questions);
    this.draft.set(restrictTo(started.questions, this.drafts.read(attemptKey) ?? EMPTY_DRAFT));
    this.stopWatching = this.drafts.watch(attemptKey, draft => this.applyOtherTab(draft));
    if (started.deadline === null) return;
    const limit = { ...started, deadline: started.deadline, requestedAt };
    this.deviceDeadline.set(toDeviceTime(started.deadline, started.now, requestedAt));
    this.countdown.start(limit, () => this.endTime());
  }

  answer(question: string, answer: AnswerInput): void {
    this.change(draft => withAnswer(draft, question, answer));
  }

  /** Selects or clears one choice of a question with several correct choices. */
  toggleChoice(question: string, choice: string, isChosen: boolean): void {
    this.change(draft => withChoice(draft, question, choice, isChosen));
  }

  /** Flags a question for review, or clears its flag. */
  flag(question: string, isFlagged: boolean): void {
    this.change(draft => withFlag(draft, question, isFlagged));
  }

  /** Submits the answers; if that fails, they stay saved and a temporary error is retried. */
  async submit(): Promise<void> {
    const attemptKey = this.attemptKey();
    if (!attemptKey || this.isSubmitting()) return;
    clearTimeout(this.retryTimer);
    this.state.set('submitting');
    this.submitError.set(null);
    try {
      await this.send(attemptKey);
    } catch (error) {
      if (this.attemptKey() !== attemptKey) return;
      this.state.set('answering');
      if (!(error instanceof ApiError)) throw error;
      this.submitError.set(error);
      if (isTemporary(error)) this.scheduleRetry(error);
    }
  }

  /** Closes the attempt on this page; it stays open on the server, and its answers on the device. */
  close(): void {
    this.stopWatching();
    clearTimeout(this.retryTimer);
    this.countdown.stop();
    this.attemptKey.set(null);
    this.draft.set(EMPTY_DRAFT);
    this.questions.set([]);
    this.deviceDeadline.set(null);
    this.state.set('answering');
    this.submitError.set(null);
    this.savedOnDevice.set(null);
    this.changedInOtherTab.set(false);
    this.timeIsUp.set(false);
    this.finalOutcome.set(null);
    this.retries = this.replacedKeys = 0;
  }

  private change(update: (draft: Draft) => Draft): void {
    const attemptKey = this.attemptKey();
    if (!attemptKey || this.isTimeUp() || this.isSubmitting()) return;
    // Another tab may have saved a newer draft, unless this device cannot save drafts at all.
    const stored = this.savedOnDevice() === false ? null : this.drafts.read(attemptKey);
    const draft = update(restrictTo(this.questions(), stored ?? this.draft()));
    this.draft.set(draft);
    this.savedOnDevice.set(this.drafts.write(attemptKey, draft));
    this.changedInOtherTab.set(false);
    // A retry would submit other answers than the user wanted to submit.
    if (this.isRetrying()) this.state.set('answering');
    clearTimeout(this.retryTimer);
  }

  /** Another tab removes the draft when it has submitted the attempt. */
  private applyOtherTab(draft: Draft | null): void {
    if (draft === null) {
      void this.checkStatus();
      return;
    }
    this.draft.set(restrictTo(this.questions(), draft));
    this.changedInOtherTab.set(true);
  }

  private endTime(): void {
    this.timeIsUp.set(true);
    void this.submit();
  }

  private async send(attemptKey: AttemptKey): Promise<void> {
    try {
      const submission = await this.api.submit(
        attemptKey.quiz,
        this.answersToSubmit(),
        this.idempotencyKey(attemptKey),
      );
      if (this.attemptKey() !== attemptKey) return;
      this.finish(attemptKey, { kind: 'submitted', submission, isAutomatic: this.isTimeUp() });
    } catch (error) {
      if (!mayBeOver(error)) throw error;
      if (await this.isStillOpen(attemptKey)) {
        // An interrupted request with other answers has claimed the idempotency key.
        if (error.code !== 'idempotency_conflict') throw error;
        this.replacedKeys++;
        await this.send(attemptKey);
      }
    }
  }

  /** Checks whether the attempt is still open, and sets the countdown by the server's clock. */
  private async checkStatus(): Promise<void> {
    const attemptKey = this.attemptKey();
    if (!attemptKey || this.isSubmitting()) return;
    try {
      await this.isStillOpen(attemptKey);
    } catch (error) {
      // Without an answer from the server, the attempt continues.
      if (!(error instanceof ApiError)) throw error;
    }
  }

  /** Asks the server; finishes the attempt here if it is over. */
  private async isStillOpen(attemptKey: AttemptKey): Promise<boolean> {
    const requestedAt = Date.now();
    const { my_open: open, now } = await this.api.progress(attemptKey.quiz);
    if (this.attemptKey() !== attemptKey) return false;
    if (open === undefined) return true; // A student who has left the course gets no information.
    if (open?.attempt === attemptKey.attempt) {
      const { started_at, deadline } = open;
      if (deadline) this.countdown.adjust({ started_at, deadline, now, requestedAt });
      return true;
    }
    const { quiz, user, attempt } = attemptKey;
    const submission = await this.api.findSubmission(quiz, user, attempt);
    if (this.attemptKey() !== attemptKey) return false;
    this.finish(
      attemptKey,
      submission ? { kind: 'submitted-elsewhere', submission } : { kind: 'timed-out', attempt },
    );
    return false;
  }

  private finish(attemptKey: AttemptKey, outcome: AttemptOutcome): void {
    this.close();
    this.drafts.remove(attemptKey);
    this.finalOutcome.set(outcome);
  }

  private scheduleRetry(error: ApiError): void {
    this.state.set('retrying');
    this.retryTimer = setTimeout(() => void this.submit(), retryDelay(error, this.retries++));
  }

  private answersToSubmit(): readonly Answer[] {
    return this.steps().flatMap(({ question, answer }) =>
      answer && isAnswered(answer) ? [{ question: question.id, ...answer }] : [],
    );
  }

  private idempotencyKey({ quiz, attempt }: AttemptKey): string {
    return `quiz-${quiz}-attempt-${attempt}${'-again'.repeat(this.replacedKeys)}`;
  }
}
