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
import { LeavePrompt, HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { Attempt, Ending } from './attempt';
import { AttemptView, REVIEW } from './attempt-view';
import { Countdown, isSoon } from './countdown';
import { Drafts } from './drafts';
import { Instructions } from './instructions';
import { OpenAttempt, QuizApi, Standing, Submission } from './quiz-api';
import { Result } from './result';

/**
 * A quiz: its instructions; with `?step=`, the open attempt; with `?submission=`, the result of one.
 *
 * The attempt lives as long as the page, so that its time runs out here whatever one looks at.
 */
@Component({
  selector: 'lms-quiz-page',
  imports: [RouterLink, AttemptView, EmptyState, LoadError, Instructions, Result, Skeleton],
  providers: [Attempt, Countdown, DatePipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './quiz-page.scss',
  template: `
    <div class="page quiz">
      <h1 [class.small]="view() === 'attempt' || view() === 'opening'">{{ heading() }}</h1>
      @if (quiz.hasValue()) {
        @let about = quiz.value();
        @switch (view()) {
          @case ('attempt') {
            <lms-quiz-attempt [step]="step() ?? ''" />
          }
          @case ('result') {
            @if (result(); as submission) {
              <lms-quiz-result
                [quiz]="about"
                [submission]="submission"
                [user]="user()"
                [ending]="attempt.ending()"
                [starting]="starting()"
                [refusal]="refusal()"
                (again)="start()"
              />
            } @else if (found.error(); as error) {
              <lms-load-error
                title="This result could not be loaded."
                i18n-title
                [error]="error"
                (retry)="found.reload()"
              />
            } @else {
              <lms-skeleton [count]="2" height="24rem" />
            }
          }
          @case ('instructions') {
            <lms-quiz-instructions
              [quiz]="about"
              [user]="user()"
              [ending]="attempt.ending()"
              [starting]="starting()"
              [refusal]="refusal()"
              [isGone]="isGone()"
              (begin)="start()"
              (goOn)="goOn($event)"
            />
          }
          @default {
            <lms-skeleton [count]="2" height="24rem" />
          }
        }
      } @else if (isHidden()) {
        <lms-empty-state title="You cannot see this quiz." i18n-title>
          <p i18n>
            Quizzes are for those who are enrolled in their course. If you are, the quiz may have
            been removed.
          </p>
          <p class="actions centred">
            <a class="button" routerLink="/dashboard" i18n>My learning</a>
            <a class="button outlined" routerLink="/courses" i18n>Find a course</a>
          </p>
        </lms-empty-state>
      } @else if (quiz.error(); as error) {
        <lms-load-error [title]="failedTitle()" [error]="error" (retry)="quiz.reload()" />
      } @else {
        <lms-skeleton [count]="2" height="24rem" />
      }
    </div>
  `,
})
export class QuizPage implements HasUnsavedChanges {
  readonly id = input.required<string>();
  readonly step = input<string>();
  readonly submission = input<string>();

  private readonly api = inject(QuizApi);
  private readonly session = inject(Session);
  private readonly drafts = inject(Drafts);
  private readonly router = inject(Router);
  private readonly confirm = inject(Confirm);
  private readonly dates = inject(DatePipe);
  private readonly destroyed = inject(DestroyRef);
  private readonly pageMetadata = inject(PageMetadata);
  protected readonly attempt = inject(Attempt);
  protected readonly user = computed(() => this.session.user()?.id ?? '');

  protected readonly quiz = this.api.quiz(this.id);
  private shown = { quiz: '', user: '' };
  private readonly submitted = signal<Submission | null>(null);
  private readonly justSubmitted = computed(() =>
    this.submitted()?.id === this.submission() ? this.submitted() : null,
  );
  protected readonly found = this.api.submission(
    computed(() => (this.justSubmitted() ? undefined : this.submission())),
  );
  protected readonly result = computed(
    () => this.justSubmitted() ?? (this.found.hasValue() ? this.found.value() : null),
  );

  protected readonly starting = signal(false);
  /** Why no attempt could be started. */
  protected readonly refusal = signal<ApiError | null>(null);
  /** The attempt that was to be continued is no longer open. */
  protected readonly isGone = signal(false);

  protected readonly heading = computed(() =>
    this.quiz.hasValue() ? this.quiz.value().title : $localize`Quiz`,
  );
  protected readonly view = computed(() => {
    if (this.submission()) return 'result';
    if (!this.step()) return 'instructions';
    return this.attempt.isOpen() ? 'attempt' : 'opening';
  });
  protected readonly isHidden = computed(() => {
    const error = this.quiz.error();
    return error instanceof ApiError && error.status === 404;
  });

  protected readonly failedTitle = computed(() =>
    this.step()
      ? $localize`Your attempt could not be loaded. What you have answered is kept on this device.`
      : $localize`This quiz could not be loaded.`,
  );

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const [quiz, user] = [this.id(), this.user()];
      untracked(() => this.beginAnew(quiz, user));
    });
    effect(() => this.pageMetadata.setTitle(this.titleOfView()));
    effect(() => this.dropOldDrafts());
    effect(() => this.resume());
    effect(() => this.show(this.attempt.ending()));
  }

  hasUnsavedChanges(): boolean {
    return this.attempt.isOpen() && this.session.isSignedIn();
  }

  /** An attempt that is left is not lost, but its time goes on. */
  leavePrompt(): LeavePrompt {
    const endsAt = this.attempt.endsAt();
    const time = this.dates.transform(endsAt, isSoon(endsAt) ? 'shortTime' : 'short') ?? '';
    const kept =
      this.attempt.kept() === false
        ? $localize`This device cannot keep your answers: they will be lost.`
        : $localize`Your attempt stays open, and your answers are kept on this device until you come back.`;
    const goesOn = $localize`The time goes on until ${time}:time:; what is not submitted by then does not count.`;
    return {
      title: $localize`Leave the quiz?`,
      text: endsAt ? `${kept} ${goesOn}` : kept,
      action: $localize`Leave the quiz`,
      isDestructive: this.attempt.kept() === false,
    };
  }

  protected async start(): Promise<void> {
    if (this.starting()) return;
    await this.try(() => this.begin());
  }

  /** Goes on with the open attempt; starting might open another one, were it over by now. */
  protected async goOn(open: OpenAttempt): Promise<void> {
    await this.try(async () => {
      const standing = await this.api.standing(this.id());
      this.stand(standing);
      if (standing.my_open?.attempt === open.attempt) await this.begin();
      else this.isGone.set(true);
    });
  }

  private async begin(): Promise<void> {
    this.confirm.prepare();
    const [quiz, user, askedAt] = [this.id(), this.user(), Date.now()];
    const started = await this.api.start(quiz);
    if (this.destroyed.destroyed || quiz !== this.id()) return; // one has left meanwhile
    this.attempt.open({ quiz, user }, started, askedAt);
    const { attempt, started_at, deadline } = started;
    this.stand({ my_open: { attempt, started_at, deadline }, my_attempts: attempt });
    const first = this.attempt.steps().find(step => !step.isAnswered);
    if (!this.step()) await this.go({ step: first?.number ?? REVIEW });
  }

  private async try(work: () => Promise<void>): Promise<void> {
    this.starting.set(true);
    this.refusal.set(null);
    this.isGone.set(false);
    try {
      await work();
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.refusal.set(error);
      if (error.code === 'no_attempts_left') void this.refresh();
      if (this.step()) await this.go({}, { replaceUrl: true });
    } finally {
      this.starting.set(false);
    }
  }

  /** A reload in the middle finds the attempt again; an address of one that is over does not. */
  private resume(): void {
    if (!this.step() || this.submission() || !this.quiz.hasValue()) return;
    if (this.attempt.isOpen() || this.attempt.ending() || this.quiz.isLoading()) return;
    const isOpen = !!this.quiz.value().my_open;
    untracked(() => void (isOpen ? this.start() : this.go({}, { replaceUrl: true })));
  }

  /** Shows how the attempt ended. */
  private show(ending: Ending | null): void {
    if (!ending) return;
    untracked(() => {
      this.confirm.dismiss();
      this.stand({ my_open: null });
      void this.refresh();
      if (ending.kind === 'submitted') this.submitted.set(ending.submission);
      void this.go(ending.kind === 'ran-out' ? {} : { submission: idOf(ending) }, {
        replaceUrl: !!this.step(),
      });
    });
  }

  private dropOldDrafts(): void {
    if (!this.quiz.hasValue() || this.quiz.isLoading() || !this.user()) return;
    const { my_open } = this.quiz.value();
    if (my_open === undefined) return;
    this.drafts.forgetAllBut(my_open?.attempt ?? null, { user: this.user(), quiz: this.id() });
  }

  /** Another quiz may come into this page, and another tab may sign in somebody else. */
  private beginAnew(quiz: string, user: string): void {
    const before = this.shown;
    if (!user || (before.quiz === quiz && before.user === user)) return;
    this.shown = { quiz, user };
    this.attempt.close();
    this.refusal.set(null);
    this.isGone.set(false);
    if (before.quiz === quiz) this.quiz.reload();
  }

  /** Reads one's standing anew; what is shown stays, should that fail. */
  private async refresh(): Promise<void> {
    try {
      this.stand(await this.api.standing(this.id()));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
    }
  }

  private stand(standing: Partial<Standing>): void {
    this.quiz.update(quiz => quiz && { ...quiz, ...standing });
  }

  private async go(
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

function idOf(ending: Exclude<Ending, { kind: 'ran-out' }>): string {
  return ending.kind === 'submitted' ? ending.submission.id : ending.submission;
}
