import { Asked, Feedback, AnswerInput } from './quiz-api';

/** What is answered, as people say it; nothing where there is no answer. */
export function inWordsOf(question: Asked, given: AnswerInput | undefined): string {
  if (!given) return '';
  return 'choices' in given ? textsOf(question, given.choices) : said(question, given.text);
}

/** What would have been right; nothing where the key is not shown. */
export function rightAnswerOf(question: Asked, feedback: Feedback | undefined): string {
  const { answer = '', choices = [] } = feedback ?? {};
  if (choices.length > 0) {
    const right = choices.filter(choice => choice.is_correct).map(choice => choice.id);
    return textsOf(question, right);
  }
  const accepted = answer.split('\n').filter(Boolean);
  const tolerance = question.tolerance ? ` ± ${question.tolerance}` : '';
  return accepted.map(one => said(question, one)).join(' / ') + (answer && tolerance);
}

function textsOf(question: Asked, ids: readonly string[]): string {
  const named = question.choices.filter(choice => ids.includes(choice.id));
  return named.map(choice => choice.text).join('; ');
}

function said({ kind }: Asked, text: string): string {
  if (kind !== 'true_false') return text;
  if (text === 'true') return $localize`:an answer:True`;
  return text === 'false' ? $localize`:an answer:False` : '';
}
