import { ADA, ADMIN, pageOf } from '@testing';
import { visitStudio } from '../testing';

const BOTANY = {
  id: '1',
  title: 'Botany',
  image_small: null,
  published: false,
  lesson_count: 1,
  enrollment_count: 3,
};

describe('the course list of the studio', () => {
  it('shows the user’s own courses, filtered by the URL', async () => {
    const { answer, find, text } = await visitStudio('?search=bot&published=false&page=2');
    const request = await answer('GET', '/api/courses/', { ...pageOf(BOTANY), count: 21 });

    expect(request.params.get('instructor')).toBe(ADA.id);
    expect(request.params.get('search')).toBe('bot');
    expect(request.params.get('published')).toBe('false');
    expect(request.params.get('page')).toBe('2');
    expect(find('a', 'Botany').getAttribute('href')).toBe('/studio/courses/1');
    for (const fact of ['Draft', '1 lesson', '3 students', 'Page 2 of 2']) {
      expect(text()).toContain(fact);
    }
  });

  it('shows all courses to an admin', async () => {
    const { answer, page } = await visitStudio('', ADMIN);
    const theirs = { ...BOTANY, published: true, instructor: { id: 'grace', username: 'grace' } };
    const nobodys = { ...BOTANY, id: '2', instructor: null };
    const request = await answer('GET', '/api/courses/', pageOf<object>(theirs, nobodys));

    expect(request.urlWithParams).toBe('/api/courses/?expand=instructor');
    const cards = [...page.querySelectorAll('.courses .card')].map(card => card.textContent);
    expect(cards[0]).toContain('by grace');
    expect(cards[1]).not.toContain('by ');
  });

  it('can be filtered by status', async () => {
    const { answer, type, url } = await visitStudio('?page=2');
    await answer('GET', '/api/courses/', pageOf(BOTANY));
    await type('select', 'true', 'change');

    expect(url()).toBe('/studio?published=true');
    await answer('GET', '/api/courses/?published=true', pageOf());
  });

  it('offers to create the first course', async () => {
    const { answer, click, page } = await visitStudio('');
    await answer('GET', '/api/courses/', pageOf());
    document.body.append(page); // Elements outside the document cannot get the focus.
    await click('Create your first course');

    expect(document.activeElement).toBe(page.querySelector('lms-title-form input'));
    page.remove();
  });

  it('shows an error, and that no courses were found', async () => {
    const { answer, find, text, click } = await visitStudio('?search=nix');
    await answer('GET', '/api/courses/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/courses/', pageOf());

    expect(text()).toContain('No courses found.');
    expect(find('a', 'Show all courses').getAttribute('href')).toBe('/studio');
  });

  it('creates a course and opens it', async () => {
    const { answer, type, submit, expectUrl, http } = await visitStudio('');
    await answer('GET', '/api/courses/', pageOf());
    await submit('lms-title-form form');
    http.expectNone('/api/courses/');

    await type('lms-title-form input', '  Botany  ');
    await submit('lms-title-form form');
    const request = await answer('POST', '/api/courses/', BOTANY, { status: 201 });

    expect(request.body).toEqual({ title: 'Botany' });
    await expectUrl('/studio/courses/1/outline');
  });

  it('reports an error if a course cannot be created', async () => {
    const { answer, type, submit, report, find } = await visitStudio('');
    await answer('GET', '/api/courses/', pageOf());
    await type('lms-title-form input', 'Botany');
    await submit('lms-title-form form');
    await answer('POST', '/api/courses/', { code: 'permission_denied' }, { status: 403 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ code: 'permission_denied' }));
    expect(find<HTMLButtonElement>('lms-title-form button').disabled).toBe(false);
  });
});
