import { pageOf } from '@testing';
import { visitStudio } from '../testing';

const COURSE = {
  course: '1',
  title: 'Botany',
  enrollments: 3,
  completions: 1,
  mean_percentage: 44.4 as number | null,
  mean_grade: 86.7 as number | null,
};
const WEEKS = [
  { week: '2026-11-16', count: 0 },
  { week: '2026-11-23', count: 2 },
];
const QUIZZES = pageOf({ id: 'q', title: 'Which roots?' }, { id: 'r', title: 'Deep?' });
const STATISTICS = {
  attempts: 25,
  students: 24,
  mean: 66.7 as number | null,
  median: 80 as number | null,
  pass_rate: 50 as number | null,
  warning: null as string | null,
  questions: [
    {
      question: 'x',
      text: 'Which of these roots is the one that goes deepest?\nLook closely.',
      kind: 'single',
      n: 25,
      facility: 33.333 as number | null,
      discrimination: -5.5 as number | null,
      choices: [
        { text: 'Oak', is_correct: true, count: 10 },
        { text: 'Grass', is_correct: false, count: 15 },
      ],
    },
    {
      question: 'y',
      text: 'How deep?',
      kind: 'numeric',
      n: 0,
      facility: null,
      discrimination: null,
      choices: [],
    },
  ],
};

describe('the statistics page', () => {
  async function open(path = '', statistics: object = STATISTICS, course: object = COURSE) {
    const visited = await visitStudio(`/courses/1/statistics${path}`);
    await visited.answer('GET', '/api/dashboard/?course=1', {
      instructor: { courses: [course], enrollments: WEEKS },
    });
    await visited.answer('GET', '/api/quizzes/?course=1', QUIZZES);
    const read = await visited.answer('GET', '/api/quizzes/', statistics);
    const table = (title: string) =>
      [...visited.find('lms-chart', title).querySelectorAll('tr')].map(row =>
        [...row.querySelectorAll('th, td')].map(cell => cell.textContent?.trim()),
      );
    return { ...visited, read, table };
  }

  it('shows the course’s statistics, with a table for the chart', async () => {
    const { find, table } = await open();

    const facts = find('.facts', 'Completed').textContent?.replaceAll(/\s/g, '');
    expect(facts).toBe('Students3Completed1Averageprogress44.4%Averagegrade86.7%');
    expect(table('Enrollments')).toEqual([
      ['Week of', 'Enrollments'],
      ['16 Nov', '0'],
      ['23 Nov', '2'],
    ]);
  });

  it('shows the statistics of the first quiz’s questions', async () => {
    const { read, find, table, page, text } = await open();

    expect(read.urlWithParams).toBe('/api/quizzes/q/statistics/');
    expect(find('.facts', 'Median').textContent?.replaceAll(/\s/g, '')).toBe(
      'Attempts25Students24Average66.7%Median80%Passed50%',
    );
    expect(table('Facility and discrimination index')).toEqual([
      ['Question', 'Facility index', 'Discrimination index'],
      ['1. Which of these roots is …', '33.33', '-5.5'],
      ['2. How deep?', '–', '–'],
    ]);
    expect(text()).not.toContain('Fewer than 20 attempts');
    const bars = [...page.querySelectorAll<HTMLProgressElement>('ol progress')];
    expect(bars.map(bar => [bar.getAttribute('aria-label'), bar.value, bar.max])).toEqual([
      ['Oak', 10, 25],
      ['Grass', 15, 25],
    ]);
    expect(find('ol > li', 'Which of these').textContent).toContain('Check the correct answer');
    expect(find('ol > li', 'How deep?').textContent).not.toContain('Check the correct answer');
    expect(find('.text.correct').textContent).toContain('Oak');
    expect(find('ol > li', 'How deep?').textContent).toContain('discrimination index –');
  });

  it('shows readable names for true and false', async () => {
    const choices = [
      { text: 'true', is_correct: true, count: 5 },
      { text: 'false', is_correct: false, count: 20 },
    ];
    const { page } = await open('', {
      ...STATISTICS,
      questions: [{ ...STATISTICS.questions[0], kind: 'true_false', choices }],
    });
    const names = [...page.querySelectorAll('ol .text')].map(label => label.textContent?.trim());

    expect(names).toEqual([expect.stringContaining('True'), 'False']);
  });

  it('warns about few attempts and shows dashes for missing values', async () => {
    const { text, find, page } = await open(
      '',
      { ...STATISTICS, attempts: 3, warning: 'few', mean: null, median: null, pass_rate: null },
      { ...COURSE, mean_percentage: null, mean_grade: null },
    );

    expect(text()).toContain('Fewer than 20 attempts');
    expect(find('.facts', 'Median').textContent?.match(/–/g)).toHaveLength(3);
    expect(page.querySelector('.facts')?.textContent?.match(/–/g)).toHaveLength(2);
  });

  it('shows the quiz and the attempts from the URL', async () => {
    const { read, find } = await open('?quiz=r&attempts=all');

    expect(read.urlWithParams).toBe('/api/quizzes/r/statistics/?attempts=all');
    expect(find<HTMLSelectElement>('select:has([value=r])').value).toBe('r');
    expect(find<HTMLSelectElement>('select:has([value=all])').value).toBe('all');
  });

  it('shows another quiz and all attempts', async () => {
    const { type, answer, url } = await open();
    await type('select:has([value=r])', 'r', 'change');
    expect(url()).toBe('/studio/courses/1/statistics?quiz=r');
    await answer('GET', '/api/quizzes/r/statistics/', STATISTICS);
    await type('select:has([value=all])', 'all', 'change');
    expect(url()).toBe('/studio/courses/1/statistics?quiz=r&attempts=all');
    await answer('GET', '/api/quizzes/r/statistics/?attempts=all', STATISTICS);
  });

  it('says that there are no submissions', async () => {
    const { text, page } = await open('', {
      ...STATISTICS,
      attempts: 0,
      students: 0,
      questions: [],
    });

    expect(text()).toContain('No submissions yet.');
    expect(page.querySelectorAll('lms-chart')).toHaveLength(1);
  });

  it('links to the quizzes if there are none', async () => {
    const { answer, find } = await visitStudio('/courses/1/statistics');
    await answer('GET', '/api/quizzes/?course=1', pageOf());

    expect(find('lms-empty-state').textContent).toContain('This course has no quizzes yet.');
    expect(find('lms-empty-state a').getAttribute('href')).toBe('/studio/courses/1/quizzes');
  });

  it('shows an error if the quizzes cannot be loaded', async () => {
    const { answer, click, find } = await visitStudio('/courses/1/statistics');
    await answer('GET', '/api/quizzes/?course=1', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/quizzes/?course=1', QUIZZES);

    await answer('GET', '/api/quizzes/q/statistics/', STATISTICS);
    expect(find('ol > li', 'How deep?')).toBeTruthy();
  });

  it('shows an error and can retry', async () => {
    const { answer, page, click, find } = await visitStudio('/courses/1/statistics');
    await answer('GET', '/api/dashboard/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/dashboard/', {
      instructor: { courses: [COURSE], enrollments: WEEKS },
    });
    await answer('GET', '/api/quizzes/?course=1', QUIZZES);
    await answer('GET', '/api/quizzes/q/statistics/', {}, { status: 503 });
    expect(page.querySelectorAll('lms-load-error')).toHaveLength(1);
    await click('Try again');
    await answer('GET', '/api/quizzes/q/statistics/', STATISTICS);

    expect(find('ol > li', 'How deep?')).toBeTruthy();
  });
});
