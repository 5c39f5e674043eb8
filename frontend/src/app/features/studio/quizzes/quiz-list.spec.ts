import { pageOf } from '@testing';
import { visitStudio } from '../testing';

const LESSONS = [
  { id: 'a', title: 'Roots' },
  { id: 'b', title: 'Leaves' },
];
const QUIZ = {
  id: 'q',
  lesson: 'b',
  title: 'Which leaves?',
  question_count: 2,
  max_score: 2.5,
  pass_mark: 70,
  problems: [] as object[],
};

describe('the quiz list', () => {
  async function open(quizzes: object[] = [QUIZ], lessons: object[] = LESSONS) {
    const visited = await visitStudio('/courses/1/quizzes');
    await visited.answer('GET', '/api/quizzes/?course=1', pageOf(...quizzes));
    await visited.answer('GET', '/api/courses/1/lessons/', lessons);
    return visited;
  }

  it('shows the quizzes by lesson, with their problems', async () => {
    const empty = { ...QUIZ, id: 'r', problems: [{ question: null, code: 'no_questions' }] };
    const { page, find, text } = await open([QUIZ, { ...empty, lesson: 'a', title: 'Deep?' }]);

    const headings = [...page.querySelectorAll('h2')].map(h2 => h2.textContent?.trim());
    expect(headings).toEqual(['Roots', 'Leaves', 'New quiz']);
    expect(find('a', 'Which leaves?').getAttribute('href')).toBe('/studio/courses/1/quizzes/q');
    for (const fact of [
      '2 questions',
      '2.5 points',
      'Pass mark: 70%',
      'This quiz has no questions yet.',
    ]) {
      expect(text()).toContain(fact);
    }
    expect(find('li a', 'Statistics').getAttribute('href')).toBe(
      '/studio/courses/1/statistics?quiz=r',
    );
  });

  it('explains quizzes if there are none', async () => {
    const { text } = await open([]);
    expect(text()).toContain('Quizzes let students check what they know');
  });

  it('requires a lesson first', async () => {
    const { find, page } = await open([], []);
    expect(find('a', 'Add the first lesson').getAttribute('href')).toBe(
      '/studio/courses/1/outline',
    );
    expect(page.querySelector('form.new')).toBeNull();
  });

  it('creates a quiz and opens it', async () => {
    const { type, submit, answer, expectUrl, http } = await open();
    await submit('form.new');
    http.expectNone('/api/quizzes/');
    await type('form.new select', 'b', 'change');
    await type('form.new input', ' Again? ');
    await submit('form.new');
    const request = await answer('POST', '/api/quizzes/', { id: 'n' }, { status: 201 });

    expect(request.body).toEqual({ lesson: 'b', title: 'Again?' });
    await expectUrl('/studio/courses/1/quizzes/n');
  });

  it('deletes a quiz after confirmation', async () => {
    const { click, answer, ask, http, text, snackbar } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Delete');
    http.expectNone('/api/quizzes/q/');

    await click('Delete');
    await answer('DELETE', '/api/quizzes/q/', null, { status: 204 });
    await answer('GET', '/api/quizzes/?course=1', pageOf());
    expect(text()).not.toContain('Which leaves?');
    expect(snackbar.show).toHaveBeenCalledWith('Quiz deleted.');
  });

  it('reports an error if deleting fails', async () => {
    const { click, answer, report } = await open();
    await click('Delete');
    await answer('DELETE', '/api/quizzes/q/', {}, { status: 503 });
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('shows an error and can retry', async () => {
    const { answer, click, text } = await visitStudio('/courses/1/quizzes');
    await answer('GET', '/api/courses/1/lessons/', {}, { status: 503 });
    await answer('GET', '/api/quizzes/?course=1', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/quizzes/?course=1', pageOf(QUIZ));
    expect(text()).not.toContain('Add a lesson first');
    await click('Try again');
    await answer('GET', '/api/courses/1/lessons/', LESSONS);

    expect(text()).toContain('Which leaves?');
  });
});
