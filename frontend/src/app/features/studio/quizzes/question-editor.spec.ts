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
const WRITTEN = {
  id: 'x',
  text: 'Deep?',
  answer: '',
  tolerance: null as number | null,
  points: 1.5,
  explanation: 'So it is.',
  choices: [] as object[],
};
const SINGLE = {
  ...WRITTEN,
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
    const tick = async (index: number) => {
      const box = page.querySelectorAll<HTMLInputElement>('.choice input:not(.text)')[index]!;
      box.click();
      await settle();
    };
    const save = () => visited.submit(form);
    const stored = async () => {
      const request = await visited.answer('POST', '/api/questions/', {}, { status: 201 });
      return request.body as object;
    };
    return { ...visited, fill, choices, fillChoice, tick, save, stored };
  }

  it('writes one with one right choice, all in one request', async () => {
    const { click, fill, fillChoice, tick, save, stored, page, snackbar, answer } = await open();
    await click('One right choice');
    await fill('text', 'Which is first?');
    await fillChoice(0, 'The end');
    await fillChoice(1, 'The beginning');
    await click('Add a choice'); // left empty
    await tick(1);
    const right = [...page.querySelectorAll('.choice input:checked')];
    expect(right.map(box => box.getAttribute('aria-label'))).toEqual(['Choice 2 is right']);
    await fill('points', '2,5');
    await fill('explanation', 'It begins there.');
    await save();

    expect(await stored()).toEqual({
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
    expect(snackbar.show).toHaveBeenCalledWith('The question is saved.');
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [SINGLE] }, TAGGED);
    expect(page.querySelector('lms-question-editor')).toBeNull();
    expect(page.querySelector('.question')?.textContent).toContain('Deep?');
  });

  it('writes one with several right choices', async () => {
    const { click, fill, fillChoice, tick, save, stored, choices, page } = await open();
    await click('Several right choices');
    await fill('text', 'Which hold?');
    await click('Add a choice');
    await fillChoice(0, 'Roots');
    await fillChoice(1, 'Leaves');
    await fillChoice(2, 'Stems');
    await tick(2);
    document.body.append(page);
    await click('', '[aria-label="Remove choice 2"]');
    expect(document.activeElement).toBe(choices()[1]);
    page.remove();
    expect(choices().map(box => box.value)).toEqual(['Roots', 'Stems']);
    await save();

    expect(await stored()).toMatchObject({
      kind: 'multiple',
      choices: [
        { text: 'Roots', is_correct: true },
        { text: 'Stems', is_correct: true },
      ],
    });
  });

  it('writes one that is true or false', async () => {
    const { click, fill, find, settle, save, stored } = await open();
    await click('True or false');
    await fill('text', 'Roots drink.');
    find('input[value=false]').click();
    await settle();
    await save();

    expect(await stored()).toMatchObject({ kind: 'true_false', answer: 'false', tolerance: null });
  });

  it('writes one that is answered by a text', async () => {
    const { click, fill, save, stored } = await open();
    await click('A short text');
    await fill('text', 'What comes after one?');
    await fill('answer', 'Two\n2');
    await save();

    expect(await stored()).toMatchObject({ kind: 'short_text', answer: 'Two\n2', tolerance: null });
  });

  it('writes one that is answered by a number', async () => {
    const { click, fill, save, stored, text, http } = await open();
    await click('A number');
    await fill('text', 'A half?');
    await fill('answer', 'half');
    await save();
    http.expectNone('/api/questions/');
    expect(text()).toContain('Enter a valid value.');

    await fill('answer', '0,5');
    await fill('tolerance', '0,01');
    await save();
    expect(await stored()).toMatchObject({ kind: 'numeric', answer: '0,5', tolerance: 0.01 });
  });

  it('changes one with its choices, which stay the same ones', async () => {
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

  it('shows how far a number may be off', async () => {
    const { click, find } = await open({
      ...WRITTEN,
      kind: 'numeric',
      answer: '12',
      tolerance: 0.5,
    });
    await click('Edit');

    expect(find<HTMLInputElement>('[formControlName=answer]').value).toBe('12');
    expect(find<HTMLInputElement>('[formControlName=tolerance]').value).toBe('0.5');
  });

  it('has at most twenty choices', async () => {
    const { click, find, choices } = await open({
      ...SINGLE,
      choices: Array.from({ length: 19 }, (_, id) => ({
        id: String(id),
        text: 'Like all',
        is_correct: id === 0,
      })),
    });
    await click('Edit');
    await click('Add a choice');

    expect(choices()).toHaveLength(20);
    expect(find<HTMLButtonElement>('button', 'Add a choice').disabled).toBe(true);
  });

  it('shows at their fields what the server refuses', async () => {
    const { click, fill, save, answer, find } = await open(SINGLE);
    await click('Edit');
    await fill('text', 'How deep?');
    await save();
    const refused = {
      text: ['Too easy.'],
      choices: ['One of them must be right.'],
      kind: ['It has been answered.'],
    };
    await answer('PATCH', '/api/questions/x/', refused, { status: 400 });

    expect(find('mat-error').textContent).toContain('Too easy.');
    expect(find('fieldset .problem').textContent).toContain('One of them must be right.');
    expect(find('form > [role=alert]').textContent).toContain('It has been answered.');
  });

  it('keeps what was written where saving fails', async () => {
    const { click, fill, save, answer, report, find } = await open(SINGLE);
    await click('Edit');
    await fill('text', 'How deep?');
    await save();
    await answer('PATCH', '/api/questions/x/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    expect(find<HTMLTextAreaElement>('[formControlName=text]').value).toBe('How deep?');
  });

  it('asks before what is written is dropped', async () => {
    const { click, fill, ask, page, find } = await open(SINGLE);
    document.body.append(page);
    await click('Edit');
    await click('Cancel'); // nothing was written: nothing is asked
    expect(document.activeElement).toBe(find('button', 'Edit'));
    await click('A number');
    await click('Cancel');
    expect(document.activeElement).toBe(find('button', 'A number'));
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
