import { LiveAnnouncer } from '@angular/cdk/a11y';
import { TestBed } from '@angular/core/testing';

import { pageOf } from '@testing';
import { dropInList, visitStudio } from '../testing';

const BOTANY = { id: '1', title: 'Botany', published: false };
const LESSONS = [
  { id: 'a', title: 'Roots', position: 1, duration_minutes: 10, is_preview: true },
  { id: 'b', title: 'Leaves', position: 2, duration_minutes: 0, is_preview: false },
  { id: 'c', title: 'Seeds', position: 3, duration_minutes: 0, is_preview: false },
];
const QUIZ = { id: 'q', lesson: 'b', title: 'Which leaves?', problems: [] as object[] };
const UNREADY = { ...QUIZ, problems: [{ question: 'x', code: 'no_answer' }] };

describe('the outline page', () => {
  async function open(lessons: object[] = LESSONS, quizzes = [QUIZ], course: object = BOTANY) {
    const visited = await visitStudio('/courses/1');
    await visited.answer('GET', '/api/courses/1/lessons/', lessons);
    await visited.answer('GET', '/api/quizzes/?course=1', pageOf(...quizzes));
    await visited.answer('GET', '/api/courses/1/', course);
    const titles = () =>
      [...visited.page.querySelectorAll('.lessons .title a')].map(a => a.textContent?.trim());
    return { ...visited, titles };
  }

  it('shows the lessons in order, inside the course layout', async () => {
    const { titles, text, page, find } = await open();

    expect(titles()).toEqual(['Roots', 'Leaves', 'Seeds']);
    expect(find('.trail').textContent).toContain('Botany');
    expect(text()).toContain('Draft');
    expect(page.querySelector('.tabs [aria-current=page]')?.textContent).toContain('Outline');
    expect(vi.mocked(HTMLElement.prototype.scrollIntoView).mock.contexts).toEqual([
      page.querySelector('.tabs [aria-current=page]'),
    ]);
    expect(find('li', 'Roots').textContent).toContain('Preview');
    expect(find('li', 'Leaves').textContent).toContain('1 quiz');
    expect(find('a', 'Leaves').getAttribute('href')).toBe('/studio/courses/1/lessons/b');
  });

  it('moves a lesson with its buttons and keeps the focus on them', async () => {
    const { page, titles, find, settle, answer } = await open();
    const announce = vi.spyOn(TestBed.inject(LiveAnnouncer), 'announce');
    document.body.append(page);
    expect(find<HTMLButtonElement>('[aria-label="Move up: Roots"]').disabled).toBe(true);
    expect(find<HTMLButtonElement>('[aria-label="Move down: Seeds"]').disabled).toBe(true);
    find('[aria-label="Move up: Leaves"]').click();
    await settle();

    expect(titles()).toEqual(['Leaves', 'Roots', 'Seeds']);
    expect(document.activeElement).toBe(find('[aria-label="Move down: Leaves"]'));
    expect(announce).toHaveBeenCalledWith('Leaves is now lesson 1.');
    const request = await answer('PUT', '/api/courses/1/lessons/order/');
    expect(request.body).toEqual({ lessons: ['b', 'a', 'c'] });
    page.remove();
  });

  it('moves a lesson back if the request fails', async () => {
    const { titles, find, settle, answer, report } = await open();
    find('[aria-label="Move down: Leaves"]').click();
    await settle();
    expect(titles()).toEqual(['Roots', 'Seeds', 'Leaves']);
    await answer('PUT', '/api/courses/1/lessons/order/', {}, { status: 503 });

    expect(titles()).toEqual(['Roots', 'Leaves', 'Seeds']);
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('moves a lesson by dragging; dropping it in place sends nothing', async () => {
    const { titles, settle, answer, find, http } = await open();
    const drop = async (from: number, to: number) => {
      dropInList(find('.lessons'), from, to);
      await settle();
    };
    await drop(1, 1);
    http.expectNone('/api/courses/1/lessons/order/');
    await drop(2, 0);

    expect(titles()).toEqual(['Seeds', 'Roots', 'Leaves']);
    const request = await answer('PUT', '/api/courses/1/lessons/order/');
    expect(request.body).toEqual({ lessons: ['c', 'a', 'b'] });
  });

  it('adds a lesson and opens it', async () => {
    const { type, submit, answer, expectUrl, http } = await open();
    await submit('lms-title-form form');
    http.expectNone('/api/lessons/');
    await type('lms-title-form input', ' Flowers ');
    await submit('lms-title-form form');
    const request = await answer('POST', '/api/lessons/', { id: 'd' }, { status: 201 });

    expect(request.body).toEqual({ course: '1', title: 'Flowers' });
    await expectUrl('/studio/courses/1/lessons/d');
  });

  it('deletes a lesson after confirmation', async () => {
    const { click, answer, ask, snackbar, titles, http, report } = await open();
    ask.mockResolvedValueOnce(false);
    await click('DeleteLeaves');
    http.expectNone('/api/lessons/b/');

    await click('DeleteLeaves');
    expect(ask).toHaveBeenLastCalledWith(expect.objectContaining({ isDestructive: true }));
    await answer('DELETE', '/api/lessons/b/', null, { status: 204 });
    await answer('GET', '/api/courses/1/lessons/', [LESSONS[0]]);
    await answer('GET', '/api/quizzes/?course=1', pageOf());
    expect(titles()).toEqual(['Roots']);
    expect(snackbar.show).toHaveBeenCalled();

    await click('DeleteRoots');
    await answer('DELETE', '/api/lessons/a/', {}, { status: 503 });
    expect(report).toHaveBeenCalled();
  });

  it('publishes and unpublishes a course', async () => {
    const { click, answer, text, snackbar, find } = await open();
    await click('Publish');
    await answer('POST', '/api/courses/1/publish/', BOTANY);
    await answer('GET', '/api/courses/1/', { ...BOTANY, published: true });
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('published'));
    expect(text()).toContain('Anyone can find this course');
    expect(find('a', 'View course page').getAttribute('href')).toBe('/courses/1');

    await click('Unpublish');
    await answer('POST', '/api/courses/1/unpublish/', BOTANY);
    await answer('GET', '/api/courses/1/', BOTANY);
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('draft'));
  });

  it('links to the quizzes that prevent publishing', async () => {
    const { find, text } = await open(LESSONS, [UNREADY]);

    expect(find<HTMLButtonElement>('button', 'Publish').disabled).toBe(true);
    expect(find('.checks a', 'Which leaves?').getAttribute('href')).toBe(
      '/studio/courses/1/quizzes/q',
    );
    expect(text()).not.toContain('Every question has a correct answer.');
  });

  it('ignores empty quizzes', async () => {
    const empty = { ...QUIZ, problems: [{ question: null, code: 'no_questions' }] };
    const { find } = await open(LESSONS, [empty]);

    expect(find<HTMLButtonElement>('button', 'Publish').disabled).toBe(false);
  });

  it('cannot be published until its quizzes are checked', async () => {
    const { answer, text, find, click } = await visitStudio('/courses/1');
    await answer('GET', '/api/courses/1/lessons/', LESSONS);
    await answer('GET', '/api/quizzes/?course=1', {}, { status: 503 });
    await answer('GET', '/api/courses/1/', BOTANY);
    expect(text()).toContain('Roots');
    expect(text()).not.toContain('Every question has a correct answer.');
    expect(find<HTMLButtonElement>('button', 'Publish').disabled).toBe(true);

    await click('Check again');
    await answer('GET', '/api/quizzes/?course=1', pageOf(QUIZ));
    expect(text()).toContain('Every question has a correct answer.');
    expect(find<HTMLButtonElement>('button', 'Publish').disabled).toBe(false);
  });

  it('offers to add the first lesson', async () => {
    const { page, click, find, text } = await open([], []);
    expect(text()).toContain('Add at least one lesson.');
    expect(find<HTMLButtonElement>('button', 'Publish').disabled).toBe(true);
    document.body.append(page);
    await click('Add the first lesson');

    expect(document.activeElement).toBe(find('lms-title-form input'));
    page.remove();
  });

  it('shows an error and can retry', async () => {
    const { answer, click, text } = await visitStudio('/courses/1/outline');
    await answer('GET', '/api/courses/1/lessons/', {}, { status: 503 });
    expect(text()).not.toContain('Add the first lesson');
    await answer('GET', '/api/quizzes/?course=1', pageOf(QUIZ));
    await click('Try again');
    await answer('GET', '/api/courses/1/lessons/', LESSONS);

    expect(text()).toContain('Roots');
  });
});
