import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  computed,
  effect,
  inject,
  input,
  signal,
  untracked,
} from '@angular/core';
import { DatePipe } from '@angular/common';
import { Router, RouterLink } from '@angular/router';

import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { PageMetadata } from '@core/navigation/page-metadata';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { HasUnsavedChanges, LeavePrompt, confirmBeforeUnload } from '@shared/unsaved-changes';
import { Attempt, AttemptOutcome } from './attempt';
import { AttemptView, REVIEW } from './attempt-view';
import { Countdown, isWithinHalfDay } from './countdown';
import { DraftStorage } from './draft-storage';
import { Instructions } from './instructions';
import { OpenAttempt, QuizApi, QuizProgress, Submission } from './quiz-api';
import { Result } from './result';

/**
 * A quiz: its instructions, the open attempt (`?step=`), or the result of a submission (`?submission=`).
 *
 * The page provides the attempt, so that its timer runs in every view.
 */
@Component({
  selector: 'lms-quiz-page',
  imports: [RouterLink, AttemptView, EmptyState, LoadError, Instructions, Result, Skeleton],
  providers: [Attempt, Countdown, DatePipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-page.scss',
  templateUrl: './quiz-page.html',
})
export class QuizPage implements HasUnsavedChanges {
  readonly id = input.required<string>();
  readonly step = input<string>();
  readonly submission = input<string>();

  private readonly api = inject(QuizApi);
  private readonly session = inject(Session);
  private readonly drafts = inject(DraftStorage);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly dates = inject(DatePipe);
  private readonly destroyRef = inject(DestroyRef);
  private readonly pageMetadata = inject(PageMetadata);
  protected readonly attempt = inject(Attempt);
  protected readonly user = computed(() => this.session.user()?.id ?? '');

  protected readonly quiz = this.api.quiz(this.id);
  private current = { quiz: '', user: '' };
  private readonly submitted = signal<Submission | null>(null);
  private readonly justSubmitted = computed(() =>
    this.submitted()?.id === this.submission() ? this.submitted() : null,
  );
  protected readonly storedSubmission = this.api.submission(
    computed(() => (this.justSubmitted() ? undefined : this.submission())),
  );
  protected readonly result = computed(
    () =>
      this.justSubmitted() ??
      (this.storedSubmission.hasValue() ? this.storedSubmission.value() : null),
  );

  protected readonly isStarting = signal(false);
  /** Why no attempt could be started. */
  protected readonly startError = signal<ApiError | null>(null);
  /** The attempt that the user wanted to continue is no longer open. */
  protected readonly isNoLongerOpen = signal(false);

  protected readonly heading = computed(() =>
    this.quiz.hasValue() ? this.quiz.value().title : $localize`Quiz`,
  );
  protected readonly view = computed(() => {
    if (this.submission()) return 'result';
    if (!this.step()) return 'instructions';
    return this.attempt.isOpen() ? 'attempt' : 'opening';
  });
  protected readonly isNotFound = computed(() => {
    const error = this.quiz.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly loadErrorTitle = computed(() =>
    this.step()
      ? $localize`Your attempt could not be loaded. Your answers are saved on this device.`
      : $localize`This quiz could not be loaded.`,
  );

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const [quiz, user] = [this.id(), this.user()];
      untracked(() => this.resetFor(quiz, user));
    });
    effect(() => this.pageMetadata.setTitle(this.titleOfView()));
    effect(() => this.removeOldDrafts());
    effect(() => this.resume());
    effect(() => this.showOutcome(this.attempt.outcome()));
  }

  hasUnsavedChanges(): boolean {
    return this.attempt.isOpen() && this.session.isSignedIn();
  }

  leavePrompt(): LeavePrompt {
    const endsAt = this.attempt.endsAt();
    const format = isWithinHalfDay(endsAt) ? 'shortTime' : 'short';
    const time = this.dates.transform(endsAt, format) ?? '';
    const answers =
      this.attempt.isSaved() === false
        ? $localize`Your answers cannot be saved on this device and will be lost.`
        : $localize`Your attempt stays open, and your answers are saved on this device.`;
    const timer = $localize`The timer keeps running until ${time}:time:. Answers that are not submitted by then do not count.`;
    return {
      title: $localize`Leave the quiz?`,
      text: endsAt ? `${answers} ${timer}` : answers,
      action: $localize`Leave quiz`,
      isDestructive: this.attempt.isSaved() === false,
    };
  }

  protected async start(): Promise<void> {
    if (this.isStarting()) return;
    await this.tryToStart(() => this.openAttempt());
  }

  /** Continues the open attempt, but starts no other attempt if this one is over. */
  protected async continueAttempt(open: OpenAttempt): Promise<void> {
    await this.tryToStart(async () => {
      const progress = await this.api.progress(this.id());
      this.updateProgress(progress);
      if (progress.my_open?.attempt === open.attempt) await this.openAttempt();
      else this.isNoLongerOpen.set(true);
    });
  }

  private async openAttempt(): Promise<void> {
    this.confirm.prepare();
    const [quiz, user, requestedAt] = [this.id(), this.user(), Date.now()];
    const started = await this.api.start(quiz);
    const hasLeft = this.destroyRef.destroyed || quiz !== this.id();
    if (hasLeft) return;
    this.attempt.open({ quiz, user }, started, requestedAt);
    const { attempt, started_at, deadline } = started;
    this.updateProgress({ my_open: { attempt, started_at, deadline }, my_attempts: attempt });
    const firstUnanswered = this.attempt.steps().find(step => !step.isAnswered);
    if (!this.step()) await this.navigate({ step: firstUnanswered?.number ?? REVIEW });
  }

  private async tryToStart(action: () => Promise<void>): Promise<void> {
    this.isStarting.set(true);
    this.startError.set(null);
    this.isNoLongerOpen.set(false);
    try {
      await action();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.startError.set(error);
      if (error.code === 'no_attempts_left') void this.refreshProgress();
      if (this.step()) await this.navigate({}, { replaceUrl: true });
    } finally {
      this.isStarting.set(false);
    }
  }

  /** Reopens the attempt after a reload; a URL without an open attempt leads to the instructions. */
  private resume(): void {
    if (!this.step() || this.submission() || !this.quiz.hasValue()) return;
    if (this.attempt.isOpen() || this.attempt.outcome() || this.quiz.isLoading()) return;
    const isOpen = !!this.quiz.value().my_open;
    untracked(() => void (isOpen ? this.start() : this.navigate({}, { replaceUrl: true })));
  }

  private showOutcome(outcome: AttemptOutcome | null): void {
    if (!outcome) return;
    untracked(() => {
      this.confirm.dismiss();
      this.updateProgress({ my_open: null });
      void this.refreshProgress();
      if (outcome.kind === 'submitted') this.submitted.set(outcome.submission);
      const submission = submissionId(outcome);
      void this.navigate(submission ? { submission } : {}, { replaceUrl: !!this.step() });
    });
  }

  private removeOldDrafts(): void {
    if (!this.quiz.hasValue() || this.quiz.isLoading() || !this.user()) return;
    const { my_open } = this.quiz.value();
    if (my_open === undefined) return;
    this.drafts.removeAllExcept(my_open?.attempt ?? null, { user: this.user(), quiz: this.id() });
  }

  /** The router reuses this page for another quiz, and another user may sign in in another tab. */
  private resetFor(quiz: string, user: string): void {
    const before = this.current;
    if (!user || (before.quiz === quiz && before.user === user)) return;
    this.current = { quiz, user };
    this.attempt.close();
    this.startError.set(null);
    this.isNoLongerOpen.set(false);
    if (before.quiz === quiz) this.quiz.reload();
  }

  /** Loads the user's progress again; if that fails, the page stays as it is. */
  private async refreshProgress(): Promise<void> {
    try {
      this.updateProgress(await this.api.progress(this.id()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private updateProgress(progress: Partial<QuizProgress>): void {
    this.quiz.update(quiz => quiz && { ...quiz, ...progress });
  }

  private async navigate(
    queryParams: { step?: number | string; submission?: string },
    options: { replaceUrl?: boolean } = {},
  ): Promise<void> {
    await this.router.navigate(['/quiz', this.id()], { queryParams, ...options });
  }

  private titleOfView(): string {
    const title = this.heading();
    if (this.view() === 'result') return $localize`Result: ${title}:quiz:`;
    if (this.view() !== 'attempt') return title;
    const number = this.step();
    return number === REVIEW
      ? $localize`Review: ${title}:quiz:`
      : $localize`Question ${number}:number:: ${title}:quiz:`;
  }
}

function submissionId(outcome: AttemptOutcome): string | null {
  if (outcome.kind === 'timed-out') return null;
  return outcome.kind === 'submitted' ? outcome.submission.id : outcome.submission;
}
