import { pageOf } from '@testing';
import { savedFiles, visitStudio } from '../testing';

const GRACE = {
  id: 'e',
  student: { id: 'grace', username: 'grace' } as object | null,
  enrolled_at: '2026-11-02T09:00:00Z',
  completed_at: null as string | null,
  progress: {
    percentage: 50,
    grade: 86.67 as number | null,
    quizzes: [
      { quiz: 'q', title: 'Which roots?', grade: 86.67 as number | null, passed: true },
      { quiz: 'r', title: '=Deep?', grade: null, passed: false },
    ],
  },
};
const DELETED = {
  ...GRACE,
  id: 'f',
  student: null,
  completed_at: '2026-11-09T09:00:00Z',
  progress: { percentage: 100, grade: null, quizzes: [] },
};
const BOTANY = { id: '1', title: 'Botany', published: true };

describe('the student list', () => {
  async function open(path = '', ...students: object[]) {
    const visited = await visitStudio(`/courses/1/students${path}`);
    await visited.answer('GET', '/api/courses/1/', BOTANY);
    const read = await visited.answer('GET', '/api/enrollments/', pageOf(...students));
    return { ...visited, read };
  }

  it('shows the progress and the grades of each student', async () => {
    const { page, find, read, text } = await open('', GRACE, DELETED);

    expect(read.urlWithParams).toBe('/api/enrollments/?course=1&expand=student,progress');
    const rows = [...page.querySelectorAll('tbody tr')].map(row =>
      row.textContent?.replaceAll(/\s+/g, ' '),
    );
    for (const fact of ['grace', 'Nov 2, 2026', '50%', '86.7%', 'Which roots?: 86.67% Passed']) {
      expect(rows[0]).toContain(fact);
    }
    expect(rows[0]).toContain('=Deep?: not attempted');
    for (const fact of ['Deleted user', '100%', 'Completed', '–']) {
      expect(rows[1]).toContain(fact);
    }
    expect(find('tbody details')).toBeTruthy();
    expect(text()).not.toContain('Page 1');
  });

  it('is paged, searched and sorted by the URL', async () => {
    const { url, read, type, answer, find } = await open(
      '?search=gr&ordering=enrolled_at&page=2',
      GRACE,
    );
    expect(Object.fromEntries(read.params.keys().map(key => [key, read.params.get(key)]))).toEqual({
      course: '1',
      expand: 'student,progress',
      search: 'gr',
      ordering: 'enrolled_at',
      page: '2',
    });
    await type('.filters select', '-completed_at', 'change');
    expect(url()).toBe('/studio/courses/1/students?search=gr&ordering=-completed_at');
    await answer('GET', '/api/enrollments/', { ...pageOf(GRACE), count: 45 });
    expect(find('lms-pager').textContent).toContain('Page 1 of 3');
  });

  it('says that there are no students yet', async () => {
    const { text } = await open('');
    expect(text()).toContain('No students yet.');
  });

  it('says that no students were found', async () => {
    const { text } = await open('?search=nix');
    expect(text()).toContain('No students found.');
  });

  it('exports all students as CSV, with a column for each quiz', async () => {
    const saved = savedFiles();
    const { click, answer } = await open('?search=gr&page=2', GRACE);
    await click('Export as CSV');
    const all = {
      ...pageOf(GRACE),
      count: 2,
      next: 'http://localhost/api/enrollments/?course=1&page=2',
    };
    const first = await answer('GET', '/api/enrollments/', all);
    expect(first.params.get('course')).toBe('1');
    expect(first.params.has('search')).toBe(false);
    await answer('GET', '/api/enrollments/', { ...pageOf(DELETED), count: 2 });

    await vi.waitFor(() => expect([...saved.keys()]).toEqual(['Botany.csv']));
    expect(await saved.get('Botany.csv')!.text()).toBe(
      [
        "Student,Enrolled,Completed,Progress (%),Grade,Which roots?,'=Deep?",
        'grace,2026-11-02T09:00:00Z,,50,86.67,86.67,',
        'Deleted user,2026-11-02T09:00:00Z,2026-11-09T09:00:00Z,100,,,',
        '',
      ].join('\r\n'),
    );
  });

  it('enrolls a student by username', async () => {
    const { type, submit, answer, snackbar, find, http } = await open('');
    await submit('form.new');
    http.expectNone('/api/enrollments/');
    await type('form.new input', ' grace ');
    await submit('form.new');
    const request = await answer('POST', '/api/enrollments/', {}, { status: 201 });
    expect(request.body).toEqual({ course: '1', username: 'grace' });
    await answer('GET', '/api/enrollments/', pageOf(GRACE));

    expect(snackbar.show).toHaveBeenCalledWith('grace is now enrolled.');
    expect(find('tbody').textContent).toContain('grace');
  });

  it('keeps a wrong username so that it can be corrected', async () => {
    const { type, submit, answer, report, find } = await open('');
    await type('form.new input', 'grce');
    await submit('form.new');
    await answer('POST', '/api/enrollments/', { code: 'not_found' }, { status: 404 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 404 }));
    expect(find<HTMLInputElement>('form.new input').value).toBe('grce');
  });

  it('removes a student after confirmation', async () => {
    const { click, answer, ask, http, text } = await open('', GRACE);
    ask.mockResolvedValueOnce(false);
    await click('Remove');
    http.expectNone('/api/enrollments/e/');

    await click('Remove');
    await answer('DELETE', '/api/enrollments/e/', null, { status: 204 });
    await answer('GET', '/api/enrollments/', pageOf());
    expect(text()).toContain('No students yet.');
  });

  it('shows an error and can retry', async () => {
    const { answer, click, text } = await visitStudio('/courses/1/students');
    await answer('GET', '/api/enrollments/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/enrollments/', pageOf(GRACE));

    expect(text()).toContain('grace');
  });
});
