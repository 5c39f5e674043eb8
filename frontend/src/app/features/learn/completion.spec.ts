import 'fake-indexeddb/auto';

import { QUIZ, SUMMARY, SUMMARY_URL, setUpLessonPage } from './testing';

describe('completions on the lesson page', () => {
  const { snackbar, report, page, settle, request, shows, button, ticks, open } = setUpLessonPage();

  it('shows a completion at once, then the summary of the server', async () => {
    await open('l2');
    button('Mark as completed').click();
    await shows('2 of 4 lessons');
    expect(ticks()).toEqual([true, true, false, false]);

    const marking = await request('/api/progress/');
    expect(marking.request.body).toEqual({ lesson: 'l2', completed: true });
    marking.flush({});
    (await request(SUMMARY_URL)).flush({
      ...SUMMARY,
      completed: 2,
      completed_lessons: ['l1', 'l2'],
      percentage: 50,
      milestones: [25, 50],
    });
    await vi.waitFor(() =>
      expect(snackbar.show).toHaveBeenCalledExactlyOnceWith('You completed half of this course.'),
    );
    expect(button('Mark as not completed')).toBeDefined();
    expect(page().querySelector('[rel=next]')?.classList).not.toContain('outlined');
  });

  it('reverts a rejected completion and reports it', async () => {
    await open('l2');
    button('Mark as completed').click();
    await shows('2 of 4 lessons');

    (await request('/api/progress/')).flush({ detail: 'No.' }, { status: 403, statusText: '' });
    await shows('1 of 4 lessons');
    expect(ticks()).toEqual([true, false, false, false]);
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'No.' }));
  });

  it('keeps its own count when the summary cannot be loaded', async () => {
    await open('l1');
    button('Mark as not completed').click();
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({}, { status: 500, statusText: '' });
    await settle();

    expect(ticks()).toEqual([false, false, false, false]);
  });

  it('shows that lessons with quizzes are completed by passing them', async () => {
    const taken = { ...QUIZ, quiz: 'q2', title: 'Of hair', attempts: 2, grade: 40 };
    const passed = {
      ...QUIZ,
      quiz: 'q3',
      title: 'Of caps',
      attempts: 1,
      grade: 87.5,
      passed: true,
    };
    await open('l2', { ...SUMMARY, quizzes: [QUIZ, taken, passed, { ...QUIZ, lesson: 'l3' }] });

    const rows = [...page().querySelectorAll('lms-completion li')].map(row => [
      ...[...row.querySelectorAll('.facts > *')].map(fact => fact.textContent.trim()),
      row.querySelector('a')?.textContent.trim(),
      row.querySelector('a')?.getAttribute('href'),
    ]);
    expect(rows).toEqual([
      ['Not attempted', 'Take quiz “Of roots”', '/quiz/q1'],
      ['2 attempts', 'Grade: 40%', 'Not passed yet', 'Try again “Of hair”', '/quiz/q2'],
      ['1 attempt', 'Grade: 87.5%', 'Passed', 'View quiz “Of caps”', '/quiz/q3'],
    ]);
    expect(page().textContent).toContain('Pass all quizzes to complete this lesson.');
    expect(page().textContent).not.toContain('Mark as completed');
  });

  it('shows the end of a course', async () => {
    const three = ['l1', 'l2', 'l3'];
    await open('l4', {
      ...SUMMARY,
      completed: 3,
      completed_lessons: three,
      milestones: [25, 50, 75],
    });
    expect(page().querySelector('lms-finished')).toBeNull();

    button('Mark as completed').click();
    await shows('You completed “Botany”');
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({
      ...SUMMARY,
      completed: 4,
      completed_lessons: [...three, 'l4'],
      milestones: [25, 50, 75, 100],
      grade: 81.5,
    });
    await shows('Your quiz grade is 81.5%.');
    expect(snackbar.show).toHaveBeenCalledExactlyOnceWith(
      'You completed all lessons of this course.',
    );
  });

  it.each([
    [25, 'You completed a quarter of this course.'],
    [75, 'You completed three quarters of this course.'],
  ])('announces %i percent', async (percent, text) => {
    await open('l2', { ...SUMMARY, milestones: [] });
    button('Mark as completed').click();
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({ ...SUMMARY, milestones: [percent] });

    await vi.waitFor(() => expect(snackbar.show).toHaveBeenCalledExactlyOnceWith(text));
  });
});
