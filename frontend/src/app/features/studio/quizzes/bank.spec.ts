import { savedFiles, visitStudio } from '../testing';

const QUIZ = {
  id: 'q',
  lesson: 'a',
  title: 'Which roots?',
  max_attempts: null,
  time_limit_seconds: null,
  problems: [],
  questions: [],
};
const GIFT = new File(['::'], 'roots.gift.txt', { type: 'text/plain' });
const MOODLE = new File(['<quiz/>'], 'roots.XML', { type: 'text/xml' });

describe('question banks', () => {
  async function open() {
    const visited = await visitStudio('/courses/1/quizzes/q');
    await visited.answer('GET', '/api/quizzes/q/', QUIZ, { headers: { ETag: '"1"' } });
    return visited;
  }

  it('takes a file in, and shows the questions that came', async () => {
    const { choose, answer, find } = await open();
    await choose(); // none, after all
    await choose(GIFT);
    const request = await answer(
      'POST',
      '/api/quizzes/q/import/',
      { created: 2, skipped: [] },
      { status: 201 },
    );
    const sent = request.body as FormData;
    expect(request.urlWithParams).toBe('/api/quizzes/q/import/');
    expect((sent.get('file') as File).name).toBe('roots.gift.txt');
    expect(sent.get('format')).toBe('gift');
    const brought = { id: 'x', kind: 'short_text', text: 'Deep?', points: 1, choices: [] };
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [brought] });

    expect(find('[role=status]').textContent).toContain('2 questions were imported.');
    expect(find('.question').textContent).toContain('Deep?');
  });

  it('leaves out what there is not here, where one says so', async () => {
    const { choose, answer, find, settle } = await open();
    find('lms-bank input[type=checkbox]').click();
    await settle();
    await choose(MOODLE);
    const skipped = [{ line: 7, kind: 'essay' }];
    const request = await answer('POST', '/api/quizzes/q/import/', { created: 1, skipped });

    expect(request.urlWithParams).toBe('/api/quizzes/q/import/?skip_unsupported=true');
    expect((request.body as FormData).get('format')).toBe('moodle_xml');
    const status = find('[role=status]').textContent;
    expect(status).toContain('1 question was imported.');
    expect(status).toContain('1 question of another kind was left out');
    expect(status).toContain('essay');
    expect(status).toContain('7');
  });

  it('says which lines are wrong, and that nothing came of it', async () => {
    const { choose, answer, page, find } = await open();
    await choose(GIFT);
    const lines = [
      { line: 3, reason: 'No right choice.' },
      { line: 9, reason: 'No end.' },
    ];
    const refused = { code: 'invalid', detail: 'The file cannot be read.', lines };
    await answer('POST', '/api/quizzes/q/import/', refused, { status: 400 });

    const alert = find('[role=alert]').textContent;
    expect(alert).toContain('The file cannot be read.');
    expect(alert).toContain('Nothing was imported.');
    const cells = [...page.querySelectorAll('lms-bank tbody td')].map(td => td.textContent?.trim());
    expect(cells).toEqual(['3', 'No right choice.', '9', 'No end.']);

    await choose(GIFT); // mended
    await answer('POST', '/api/quizzes/q/import/', { created: 1, skipped: [] });
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('says what failed', async () => {
    const { choose, answer, report, page } = await open();
    await choose(GIFT);
    await answer('POST', '/api/quizzes/q/import/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it.each([
    ['GIFT', 'gift', 'Which roots?.gift.txt'],
    ['Moodle XML', 'moodle_xml', 'Which roots?.xml'],
  ])('writes %s to a file', async (name, format, expected) => {
    const saved = savedFiles();
    const { click, answer } = await open();
    await click(`Export as ${name}`);
    const content = new Blob(['questions']);
    await answer('GET', `/api/quizzes/q/export/?format=${format}`, content);

    expect([...saved]).toEqual([[expected, content]]);
  });

  it('says what failed with the export', async () => {
    const { click, answer, report } = await open();
    await click('Export as GIFT');
    await answer('GET', '/api/quizzes/q/export/', new Blob(['{}']), { status: 503 });

    expect(report).toHaveBeenCalled();
  });
});
