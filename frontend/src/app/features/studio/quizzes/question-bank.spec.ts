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

describe('the question bank', () => {
  async function open() {
    const visited = await visitStudio('/courses/1/quizzes/q');
    await visited.answer('GET', '/api/quizzes/q/', QUIZ, { headers: { ETag: '"1"' } });
    return visited;
  }

  it('imports a file and shows its questions', async () => {
    const { chooseFiles, answer, find } = await open();
    await chooseFiles(); // The user cancels.
    await chooseFiles(GIFT);
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
    const imported = { id: 'x', kind: 'short_text', text: 'Deep?', points: 1, choices: [] };
    await answer('GET', '/api/quizzes/q/', { ...QUIZ, questions: [imported] });

    expect(find('[role=status]').textContent).toContain('2 questions were imported.');
    expect(find('.question').textContent).toContain('Deep?');
  });

  it('skips unsupported question types on request', async () => {
    const { chooseFiles, answer, find, settle } = await open();
    find('lms-question-bank input[type=checkbox]').click();
    await settle();
    await chooseFiles(MOODLE);
    const skipped = [{ line: 7, kind: 'essay' }];
    const request = await answer('POST', '/api/quizzes/q/import/', { created: 1, skipped });

    expect(request.urlWithParams).toBe('/api/quizzes/q/import/?skip_unsupported=true');
    expect((request.body as FormData).get('format')).toBe('moodle_xml');
    const status = find('[role=status]').textContent;
    expect(status).toContain('1 question was imported.');
    expect(status).toContain('1 question of an unsupported type was skipped');
    expect(status).toContain('essay');
    expect(status).toContain('7');
  });

  it('shows the errors by line, and that nothing was imported', async () => {
    const { chooseFiles, answer, page, find } = await open();
    await chooseFiles(GIFT);
    const lines = [
      { line: 3, reason: 'No right choice.' },
      { line: 9, reason: 'No end.' },
    ];
    const error = { code: 'invalid', detail: 'The file cannot be read.', lines };
    await answer('POST', '/api/quizzes/q/import/', error, { status: 400 });

    const alert = find('[role=alert]').textContent;
    expect(alert).toContain('The file cannot be read.');
    expect(alert).toContain('Nothing was imported.');
    const cells = [...page.querySelectorAll('lms-question-bank tbody td')].map(td =>
      td.textContent?.trim(),
    );
    expect(cells).toEqual(['3', 'No right choice.', '9', 'No end.']);

    await chooseFiles(GIFT); // The corrected file.
    await answer('POST', '/api/quizzes/q/import/', { created: 1, skipped: [] });
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it('reports other errors', async () => {
    const { chooseFiles, answer, report, page } = await open();
    await chooseFiles(GIFT);
    await answer('POST', '/api/quizzes/q/import/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
    expect(page.querySelector('[role=alert]')).toBeNull();
  });

  it.each([
    ['GIFT', 'gift', 'Which roots?.gift.txt'],
    ['Moodle XML', 'moodle_xml', 'Which roots?.xml'],
  ])('exports the questions as %s', async (name, format, expected) => {
    const saved = savedFiles();
    const { click, answer } = await open();
    await click(`Export as ${name}`);
    const content = new Blob(['questions']);
    await answer('GET', `/api/quizzes/q/export/?format=${format}`, content);

    expect([...saved]).toEqual([[expected, content]]);
  });

  it('reports an error if the export fails', async () => {
    const { click, answer, report } = await open();
    await click('Export as GIFT');
    await answer('GET', '/api/quizzes/q/export/', new Blob(['{}']), { status: 503 });

    expect(report).toHaveBeenCalled();
  });
});
