import { DatePipe, DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  Injector,
  afterNextRender,
  computed,
  effect,
  inject,
  input,
  output,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { formatAnswer, formatCorrectAnswer } from './answer-format';
import { AttemptOutcome } from './attempt';
import { chosenIds } from './draft';
import { AnswerInput, Feedback, QuestionSnapshot, Quiz, Submission } from './quiz-api';
import { StartError } from './start-error';

interface ResultRow {
  readonly question: QuestionSnapshot;
  readonly feedback: Feedback | undefined;
  readonly answer: string;
  readonly correctAnswer: string;
  readonly choices: readonly ResultChoice[];
}

/** A choice of a question; `isCorrect` is null if the answer key is hidden. */
interface ResultChoice {
  readonly text: string;
  readonly isChosen: boolean;
  readonly isCorrect: boolean | null;
}

/** The result of a submission, question by question, and what to do next. */
@Component({
  selector: 'lms-quiz-result',
  imports: [DatePipe, DecimalPipe, PercentPipe, RouterLink, StartError],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './result.scss',
  templateUrl: './result.html',
})
export class Result {
  readonly quiz = input.required<Quiz>();
  readonly submission = input.required<Submission>();
  readonly user = input.required<string>();
  readonly outcome = input<AttemptOutcome | null>(null);
  readonly isStarting = input(false);
  readonly startError = input<ApiError | null>(null);
  readonly retry = output();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  /** The name of the student; null if the current user submitted it. */
  protected readonly student = computed(() => {
    const { student } = this.submission();
    if (typeof student === 'string') return null;
    if (student === null) return $localize`deleted user`;
    return student.id === this.user() ? null : student.username;
  });
  protected readonly attemptsLeft = computed(() => {
    const { max_attempts, my_attempts } = this.quiz();
    if (my_attempts === undefined) return 0;
    return max_attempts === null ? Infinity : Math.max(0, max_attempts - my_attempts);
  });
  protected readonly isAnswerKeyShown = computed(() =>
    this.submission().feedback.some(({ answer }) => answer !== undefined),
  );
  protected readonly isAutomatic = computed(() => {
    const outcome = this.outcome();
    return (
      outcome?.kind === 'submitted' && outcome.isAutomatic && this.isShown(outcome.submission.id)
    );
  });
  protected readonly isSubmittedElsewhere = computed(() => {
    const outcome = this.outcome();
    return outcome?.kind === 'submitted-elsewhere' && this.isShown(outcome.submission);
  });
  protected readonly rows = computed<readonly ResultRow[]>(() => {
    const { questions, feedback, answers } = this.submission();
    return questions.map(question => {
      const ownFeedback = feedback.find(one => one.question === question.id);
      const answer = answers.find(one => one.question === question.id);
      return {
        question,
        feedback: ownFeedback,
        answer: formatAnswer(question, answer),
        correctAnswer: formatCorrectAnswer(question, ownFeedback),
        choices: choicesOf(question, ownFeedback, answer),
      };
    });
  });

  constructor() {
    const injector = inject(Injector);
    effect(() => {
      this.submission();
      afterNextRender(() => this.focusHeading(), { injector });
    });
  }

  private isShown(id: string): boolean {
    return id === this.submission().id;
  }

  private focusHeading(): void {
    this.host.querySelector<HTMLElement>('h2')?.focus({ preventScroll: true });
  }
}

function choicesOf(
  question: QuestionSnapshot,
  feedback: Feedback | undefined,
  answer: AnswerInput | undefined,
): readonly ResultChoice[] {
  const chosen = chosenIds(answer);
  return question.choices.map(({ id, text }) => ({
    text,
    isChosen: chosen.includes(id),
    isCorrect: feedback?.choices?.find(one => one.id === id)?.is_correct ?? null,
  }));
}
