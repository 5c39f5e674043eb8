import { QuestionKind, Quiz, QuizProblem } from './quizzes-api';

export const KIND_LABELS: Readonly<Record<QuestionKind, string>> = {
  single: $localize`Single choice`,
  multiple: $localize`Multiple choice`,
  true_false: $localize`True/false`,
  short_text: $localize`Short answer`,
  numeric: $localize`Numeric answer`,
};

export const PROBLEM_LABELS: Readonly<Record<QuizProblem['code'], string>> = {
  no_questions: $localize`This quiz has no questions yet.`,
  no_answer: $localize`This question has no correct answer.`,
  no_right_choice: $localize`No choice is marked as correct.`,
};

export const GRADING_LABELS: Readonly<Record<Quiz['grading'], string>> = {
  highest: $localize`Highest grade`,
  latest: $localize`Latest attempt`,
  first: $localize`First attempt`,
  average: $localize`Average grade`,
};

export const SHOW_KEY_LABELS: Readonly<Record<Quiz['show_key'], string>> = {
  after_submit: $localize`After submission`,
  after_pass: $localize`After passing`,
  never: $localize`Never`,
};

export function hasChoices(kind: QuestionKind): boolean {
  return kind === 'single' || kind === 'multiple';
}
