import { visitStudio } from '../testing';

const QUIZ = {
  id: 'q',
  lesson: 'a',
  title: 'Which roots?',
  pass_mark: 70,
  max_attempts: null,
  time_limit_seconds: null,
  grading: 'highest',
  partial_credit: false,
  shuffle: false,
  show_key: 'after_submit',
  problems: [],
  questions: [] as object[],
};
const QUESTION = {
  id: 'x',
  text: 'Deep?',
  answer: '',
  tolerance: null as number | null,
  points: 1.5,
  explanation: 'So it is.',
  choices: [] as object[],
};
const SINGLE = {
  ...QUESTION,
  kind: 'single',
  choices: [
    { id: '1', text: 'Yes', is_correct: true },
    { id: '2', text: 'No', is_correct: false },
  ],
};
const TAGGED = { headers: { ETag: '"1"' } };

describe('the question editor', () => {
  async function open(...questions: object[]) {
    const visited = await visitStudio('/courses/1/quizzes/q');
    await visited.answer('GET', '/api/quizzes/q/', { ...QUIZ, questions }, TAGGED);
    const { page, settle } = visited;
    const form = 'lms-question-editor form';
    const fill = (name: string, value: string) =>
      visited.type(`lms-question-editor [formControlName="${name}"]`, value);
    const choices = () => [...page.querySelectorAll<HTMLInputElement>('.choice .text')];
    const fillChoice = async (index: number, value: string) => {
      choices()[index]!.value = value;
      choices()[index]!.dispatchEvent(new Event('input', { bubbles: true }));
      await settle();
    };
    const selectCorrect = async (index: number) => {
      const box = page.querySelectorAll<HTMLInputElement>('.choice input:not(.text)')[index]!;
      box.click();
      await settle();
    };
    const save = () => visited.submit(form);
    const created = async () => {
      const request = await visited.answer('POST', '/api/questions/', {}, { status: 201 });
      return request.body as object;
    };
    return { ...visited, fill, choices, fillChoice, selectCorrect, save, created };
  }

  it('creates a single-choice question in one request', async () => {
    const { click, fill, fillChoice, selectCorrect, save, created, page, snackbar, answer } =
      await open();
    await click('Single choice');
    await fill('text', 'Which is first?');
    await fillChoice(0, 'The end');
    await fillChoice(1, 'The beginning');
    await click('Add choice'); // Stays empty.
    await selectCorrect(1);
    const checked = [...page.querySelectorAll('.choice input:checked')];
    expect(checked.map(box => box.getAttribute('aria-label'))).toEqual(['Choice 2 is correct']);
    await fill('points', '2,5');
    await fill('explanation', 'It begins there.');
    await save();

    expect(await created()).toEqual({
      quiz: 'q',
      kind: 'single',
      text: 'Which is first?',
      explanation: 'It begins there.',
      points: 2.5,
      choices: [
        { text: 'The end', is_correct: false },
        { text: 'The beginning', is_correct: true },
      ],
    });
    expect(snackbar.show).toHaveBeenCalledWith('Question saved.');
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [SINGLE] }, TAGGED);
    expect(page.querySelector('lms-question-editor')).toBeNull();
    expect(page.querySelector('.question')?.textContent).toContain('Deep?');
  });

  it('creates a multiple-choice question', async () => {
    const { click, fill, fillChoice, selectCorrect, save, created, choices, page } = await open();
    await click('Multiple choice');
    await fill('text', 'Which hold?');
    await click('Add choice');
    await fillChoice(0, 'Roots');
    await fillChoice(1, 'Leaves');
    await fillChoice(2, 'Stems');
    await selectCorrect(2);
    document.body.append(page);
    await click('', '[aria-label="Remove choice 2"]');
    expect(document.activeElement).toBe(choices()[1]);
    page.remove();
    expect(choices().map(box => box.value)).toEqual(['Roots', 'Stems']);
    await save();

    expect(await created()).toMatchObject({
      kind: 'multiple',
      choices: [
        { text: 'Roots', is_correct: true },
        { text: 'Stems', is_correct: true },
      ],
    });
  });

  it('creates a true/false question', async () => {
    const { click, fill, find, settle, save, created } = await open();
    await click('True/false');
    await fill('text', 'Roots drink.');
    find('input[value=false]').click();
    await settle();
    await save();

    expect(await created()).toMatchObject({ kind: 'true_false', answer: 'false', tolerance: null });
  });

  it('creates a short-answer question', async () => {
    const { click, fill, save, created } = await open();
    await click('Short answer');
    await fill('text', 'What comes after one?');
    await fill('answer', 'Two\n2');
    await save();

    expect(await created()).toMatchObject({
      kind: 'short_text',
      answer: 'Two\n2',
      tolerance: null,
    });
  });

  it('creates a numeric question', async () => {
    const { click, fill, save, created, text, http } = await open();
    await click('Numeric answer');
    await fill('text', 'A half?');
    await fill('answer', 'half');
    await save();
    http.expectNone('/api/questions/');
    expect(text()).toContain('Enter a valid value.');

    await fill('answer', '0,5');
    await fill('tolerance', '0,01');
    await save();
    expect(await created()).toMatchObject({ kind: 'numeric', answer: '0,5', tolerance: 0.01 });
  });

  it('updates a question and keeps the ids of its choices', async () => {
    const { click, save, answer, fillChoice, fill, find } = await open(SINGLE);
    await click('Edit');
    expect(find<HTMLInputElement>('[formControlName=points]').value).toBe('1.5');
    await fillChoice(1, 'Never');
    await fill('text', 'How deep?');
    await save();
    const request = await answer('PATCH', '/api/questions/x/', SINGLE);

    expect(request.body).toEqual({
      kind: 'single',
      text: 'How deep?',
      explanation: 'So it is.',
      points: 1.5,
      choices: [
        { id: '1', text: 'Yes', is_correct: true },
        { id: '2', text: 'Never', is_correct: false },
      ],
    });
  });

  it('shows the tolerance of a numeric answer', async () => {
    const { click, find } = await open({
      ...QUESTION,
      kind: 'numeric',
      answer: '12',
      tolerance: 0.5,
    });
    await click('Edit');

    expect(find<HTMLInputElement>('[formControlName=answer]').value).toBe('12');
    expect(find<HTMLInputElement>('[formControlName=tolerance]').value).toBe('0.5');
  });

  it('allows up to 20 choices', async () => {
    const { click, find, choices } = await open({
      ...SINGLE,
      choices: Array.from({ length: 19 }, (_, id) => ({
        id: String(id),
        text: 'Same text',
        is_correct: id === 0,
      })),
    });
    await click('Edit');
    await click('Add choice');

    expect(choices()).toHaveLength(20);
    expect(find<HTMLButtonElement>('button', 'Add choice').disabled).toBe(true);
  });

  it('shows validation errors at their fields', async () => {
    const { click, fill, save, answer, find } = await open(SINGLE);
    await click('Edit');
    await fill('text', 'How deep?');
    await save();
    const errors = {
      text: ['Too easy.'],
      choices: ['One choice must be correct.'],
      kind: ['This question has answers.'],
    };
    await answer('PATCH', '/api/questions/x/', errors, { status: 400 });

    expect(find('mat-error').textContent).toContain('Too easy.');
    expect(find('fieldset .problem').textContent).toContain('One choice must be correct.');
    expect(find('form > [role=alert]').textContent).toContain('This question has answers.');
  });

  it('keeps the input if saving fails', async () => {
    const { click, fill, save, answer, report, find } = await open(SINGLE);
    await click('Edit');
    await fill('text', 'How deep?');
    await save();
    await answer('PATCH', '/api/questions/x/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    expect(find<HTMLTextAreaElement>('[formControlName=text]').value).toBe('How deep?');
  });

  it('asks before discarding changes', async () => {
    const { click, fill, ask, page, find } = await open(SINGLE);
    document.body.append(page);
    await click('Edit');
    await click('Cancel'); // Without changes, no confirmation is needed.
    expect(document.activeElement).toBe(find('button', 'Edit'));
    await click('Numeric answer');
    await click('Cancel');
    expect(document.activeElement).toBe(find('button', 'Numeric answer'));
    page.remove();
    expect(ask).not.toHaveBeenCalled();
    expect(page.querySelector('lms-question-editor')).toBeNull();

    await click('Edit');
    await fill('text', 'How deep?');
    ask.mockResolvedValueOnce(false);
    await click('Cancel');
    expect(page.querySelector('lms-question-editor')).not.toBeNull();
    await click('Cancel');
    expect(page.querySelector('lms-question-editor')).toBeNull();
  });
});
