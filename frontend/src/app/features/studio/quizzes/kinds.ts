import { Kind, Problem } from './quizzes-api';

export const KINDS: Readonly<Record<Kind, string>> = {
  single: $localize`One right choice`,
  multiple: $localize`Several right choices`,
  true_false: $localize`True or false`,
  short_text: $localize`A short text`,
  numeric: $localize`A number`,
};

export const PROBLEMS: Readonly<Record<Problem['code'], string>> = {
  no_questions: $localize`It has no questions yet.`,
  no_answer: $localize`It has no right answer.`,
  no_right_choice: $localize`None of its choices is right.`,
};

export function hasChoices(kind: Kind): boolean {
  return kind === 'single' || kind === 'multiple';
}
