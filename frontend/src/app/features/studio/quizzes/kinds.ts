import { Kind, Problem, Quiz } from './quizzes-api';

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

export const GRADINGS: Readonly<Record<Quiz['grading'], string>> = {
  highest: $localize`The best`,
  latest: $localize`The latest`,
  first: $localize`The first`,
  average: $localize`The average of all`,
};

export const KEY_SHOWN: Readonly<Record<Quiz['show_key'], string>> = {
  after_submit: $localize`When one has handed in`,
  after_pass: $localize`Once one has passed`,
  never: $localize`Never`,
};

export function hasChoices(kind: Kind): boolean {
  return kind === 'single' || kind === 'multiple';
}
