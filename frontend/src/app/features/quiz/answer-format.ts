import { AnswerInput, Feedback, QuestionSnapshot } from './quiz-api';

/** Returns an answer as readable text; empty without an answer. */
export function formatAnswer(question: QuestionSnapshot, answer: AnswerInput | undefined): string {
  if (!answer) return '';
  return 'choices' in answer
    ? joinChoices(question, answer.choices)
    : formatText(question, answer.text);
}

/** Returns the correct answer as readable text; empty if the answer key is hidden. */
export function formatCorrectAnswer(
  question: QuestionSnapshot,
  feedback: Feedback | undefined,
): string {
  const { answer = '', choices = [] } = feedback ?? {};
  if (choices.length > 0) {
    const correct = choices.filter(choice => choice.is_correct).map(choice => choice.id);
    return joinChoices(question, correct);
  }
  const accepted = answer.split('\n').filter(Boolean);
  const tolerance = question.tolerance ? ` ± ${question.tolerance}` : '';
  return accepted.map(text => formatText(question, text)).join(' / ') + (answer && tolerance);
}

function joinChoices(question: QuestionSnapshot, ids: readonly string[]): string {
  const choices = question.choices.filter(choice => ids.includes(choice.id));
  return choices.map(choice => choice.text).join('; ');
}

function formatText({ kind }: QuestionSnapshot, text: string): string {
  if (kind !== 'true_false') return text;
  if (text === 'true') return $localize`:an answer:True`;
  return text === 'false' ? $localize`:an answer:False` : '';
}
