import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  DestroyRef,
  ElementRef,
  OnInit,
  Signal,
  computed,
  effect,
  inject,
  input,
  output,
  signal,
  untracked,
} from '@angular/core';
import { Router } from '@angular/router';

import { LiveAnnouncer } from '@angular/cdk/a11y';
import { newKey } from '@core/api/idempotency';
import { ApiError } from '@core/errors/api-error';
import { Confirm } from '@shared/confirm';
import { asClock, countDown } from './countdown';
import { Draft, Drafts, NO_DRAFT } from './drafts';
import { QuestionField } from './question-field';
import { Given, QuizApi, Started, Submission } from './quiz-api';

const REVIEW = 'review';
/** The answers leave a second before the end, for the way to the server takes its time. */
const SUBMITTED_AT_SECONDS = 1;
const SAID_AT_SECONDS = [300, 60, 30, 10];

/** An open attempt: its questions one at a time, a look over all of them, and handing in. */
@Component({
  selector: 'lms-attempt',
  imports: [QuestionField],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './attempt.scss',
  templateUrl: './attempt.html',
})
export class Attempt implements OnInit {
  readonly quiz = input.required<string>();
  readonly started = input.required<Started>();
  /** Where one is: a question's number, or `review`. */
  readonly at = input.required<string>();
  readonly submitted = output<Submission>();
  /** The attempt is no longer open: the time is up, or it was handed in elsewhere. */
  readonly over = output<ApiError>();

  private readonly api = inject(QuizApi);
  private readonly confirm = inject(Confirm);
  private readonly router = inject(Router);
  private readonly drafts = inject(Drafts);
  private readonly destroyed = inject(DestroyRef);
  private readonly announcer = inject(LiveAnnouncer);
  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  private readonly draft = signal<Draft>(NO_DRAFT);
  private sent = { answers: '', key: '' };

  protected readonly clockShown = signal(true);
  protected readonly secondsLeft = signal<Signal<number> | null>(null);
  protected readonly savedHere = signal<boolean | null>(null);
  protected readonly busy = signal(false);
  protected readonly wrong = signal<ApiError | null>(null);

  protected readonly isReview = computed(() => this.at() === REVIEW);
  protected readonly index = computed(() => {
    const last = this.started().questions.length - 1;
    return Math.min(Math.max((Number.parseInt(this.at(), 10) || 1) - 1, 0), last);
  });
  protected readonly question = computed(() => this.started().questions[this.index()]);
  protected readonly given = computed(() => this.draft().answers);
  protected readonly steps = computed(() =>
    this.started().questions.map((question, index) => {
      const isAnswered = hasAnswer(this.given()[question.id]);
      const isMarked = this.draft().marked.includes(question.id);
      const label = [
        $localize`Question ${index + 1}:number:`,
        ...(isAnswered ? [$localize`answered`] : []),
        ...(isMarked ? [$localize`to look at again`] : []),
      ].join(', ');
      return { question, number: index + 1, label, isAnswered, isMarked };
    }),
  );
  protected readonly unanswered = computed(
    () => this.steps().filter(step => !step.isAnswered).length,
  );
  protected readonly clock = computed(() => {
    const left = this.secondsLeft();
    return left ? asClock(left()) : '';
  });

  constructor() {
    effect(() => {
      this.at();
      untracked(() => this.focusWhereOneIs());
    });
    effect(() => {
      const left = this.secondsLeft()?.();
      if (left === undefined) return;
      untracked(() => this.watchClock(left));
    });
    const retry = () => {
      if (this.wrong()?.status === 0) void this.send();
    };
    const window = this.document.defaultView;
    window?.addEventListener('online', retry);
    this.destroyed.onDestroy(() => window?.removeEventListener('online', retry));
  }

  ngOnInit(): void {
    const { attempt, deadline, now } = this.started();
    this.draft.set(this.drafts.read(this.quiz(), attempt));
    this.drafts.watch(this.quiz(), attempt, this.destroyed, draft => this.draft.set(draft));
    if (deadline) this.secondsLeft.set(countDown(deadline, now, this.destroyed));
  }

  protected answer(question: string, given: Given): void {
    this.keep({ ...this.draft(), answers: { ...this.given(), [question]: given } });
  }

  protected toggleMark(question: string): void {
    const marked = this.draft().marked;
    this.keep({
      ...this.draft(),
      marked: marked.includes(question)
        ? marked.filter(one => one !== question)
        : [...marked, question],
    });
  }

  protected go(at: number | typeof REVIEW): void {
    void this.router.navigate([], { queryParams: { at }, queryParamsHandling: 'merge' });
  }

  protected async handIn(): Promise<void> {
    const missing = this.unanswered();
    const agreed =
      missing === 0 ||
      (await this.confirm.ask({
        title: $localize`Hand in with gaps?`,
        text:
          missing === 1
            ? $localize`One question has no answer; it counts nothing.`
            : $localize`${missing}:count: questions have no answer; they count nothing.`,
        action: $localize`Hand in`,
      }));
    if (agreed) await this.send();
  }

  protected async send(): Promise<void> {
    if (this.busy()) return;
    this.busy.set(true);
    this.wrong.set(null);
    try {
      const { attempt } = this.started();
      const answers = answeredOnly(this.given());
      const submission = await this.api.submit(this.quiz(), answers, this.keyFor(answers));
      this.drafts.forget(this.quiz(), attempt);
      this.submitted.emit(submission);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      if (isOver(error)) {
        this.drafts.forget(this.quiz(), this.started().attempt);
        this.over.emit(error);
      } else {
        this.wrong.set(error);
      }
    } finally {
      this.busy.set(false);
    }
  }

  private keep(draft: Draft): void {
    this.draft.set(draft);
    this.savedHere.set(this.drafts.keep(this.quiz(), this.started().attempt, draft));
  }

  /** The same answers go under the same key, however often the way to the server breaks off. */
  private keyFor(answers: Readonly<Record<string, Given>>): string {
    const text = JSON.stringify(answers);
    if (this.sent.answers !== text) this.sent = { answers: text, key: newKey() };
    return this.sent.key;
  }

  private watchClock(left: number): void {
    if (SAID_AT_SECONDS.includes(left)) {
      void this.announcer.announce(
        left >= 60
          ? $localize`${left / 60}:minutes: minutes left`
          : $localize`${left}:seconds: seconds left`,
      );
    }
    if (left <= SUBMITTED_AT_SECONDS && !this.wrong()) void this.send();
  }

  private focusWhereOneIs(): void {
    setTimeout(() => {
      const heading = this.host.querySelector<HTMLElement>('[data-question]');
      heading?.focus({ preventScroll: true });
      if (heading && heading.getBoundingClientRect().top < 0) heading.scrollIntoView?.();
    });
  }
}

function hasAnswer(given: Given | undefined): boolean {
  if (!given) return false;
  return 'choices' in given ? given.choices.length > 0 : given.text.trim() !== '';
}

function answeredOnly(given: Readonly<Record<string, Given>>): Record<string, Given> {
  return Object.fromEntries(Object.entries(given).filter(([, one]) => hasAnswer(one)));
}

function isOver({ code }: ApiError): boolean {
  return ['time_is_up', 'already_submitted', 'no_attempts_left', 'not_started'].includes(code);
}
