import { AnswerInput, QuestionSnapshot } from './quiz-api';

/** The answers of an open attempt so far, and the questions flagged for review. */
export interface Draft {
  readonly answers: Readonly<Record<string, AnswerInput>>;
  readonly flagged: readonly string[];
}

export const EMPTY_DRAFT: Draft = { answers: {}, flagged: [] };

export function withAnswer(draft: Draft, question: string, answer: AnswerInput): Draft {
  return { ...draft, answers: { ...draft.answers, [question]: answer } };
}

export function withChoice(
  draft: Draft,
  question: string,
  choice: string,
  isChosen: boolean,
): Draft {
  const others = chosenIds(draft.answers[question]).filter(id => id !== choice);
  return withAnswer(draft, question, { choices: isChosen ? [...others, choice] : others });
}

export function withFlag(draft: Draft, question: string, isFlagged: boolean): Draft {
  const others = draft.flagged.filter(id => id !== question);
  return { ...draft, flagged: isFlagged ? [...others, question] : others };
}

/** Drops everything that does not belong to these questions. */
export function restrictTo(questions: readonly QuestionSnapshot[], draft: Draft): Draft {
  const answers: Record<string, AnswerInput> = {};
  for (const { id, choices } of questions) {
    const answer = draft.answers[id];
    if (!answer || 'choices' in answer !== choices.length > 0) continue;
    const offered = choices.map(choice => choice.id);
    answers[id] =
      'choices' in answer
        ? { choices: answer.choices.filter(choice => offered.includes(choice)) }
        : answer;
  }
  return {
    answers,
    flagged: draft.flagged.filter(id => questions.some(question => question.id === id)),
  };
}

export function isAnswered(answer: AnswerInput | undefined): boolean {
  if (!answer) return false;
  return 'choices' in answer ? answer.choices.length > 0 : answer.text.trim() !== '';
}

export function chosenIds(answer: AnswerInput | undefined): readonly string[] {
  return answer && 'choices' in answer ? answer.choices : [];
}
