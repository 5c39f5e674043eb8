import { TestBed } from '@angular/core/testing';

import { pageOf, visit } from '@testing';
import { ADMIN, REFUSED, ROUTES, UNAVAILABLE } from './testing';

describe('categories', () => {
  const URL = '/api/categories/';
  const NATURE = { id: 'c1', name: 'Nature', description: 'What grows.', course_count: 2 };
  const MUSIC = { id: 'c2', name: 'Music', description: '', course_count: 1 };

  async function open(...categories: object[]) {
    const visited = await visit(ROUTES, '/manage/categories', ADMIN);
    await visited.answer('GET', URL, pageOf(...categories));
    const names = () => [...visited.page.querySelectorAll('li h2')].map(name => name.textContent);
    const listAgain = (...now: object[]) => visited.answer('GET', URL, pageOf(...now));
    return { ...visited, names, listAgain };
  }

  it('are listed with their courses', async () => {
    const { find, names } = await open(NATURE, MUSIC);

    expect(names()).toEqual(['Nature', 'Music']);
    expect(find('a', '2 courses').getAttribute('href')).toBe('/courses?category=c1');
    expect(find('a', '1 course').getAttribute('href')).toBe('/courses?category=c2');
  });

  it('can be empty or fail to load', async () => {
    const none = await open();
    expect(none.text()).toContain('There are no categories yet.');

    TestBed.resetTestingModule();
    const { answer, click, text } = await visit(ROUTES, '/manage/categories', ADMIN);
    await answer('GET', URL, {}, UNAVAILABLE);
    await click('Try again');
    await answer('GET', URL, pageOf(NATURE));
    expect(text()).toContain('What grows.');
  });

  it('can be added', async () => {
    const { answer, box, click, fill, find, listAgain, names, page, submit } = await open(NATURE);
    await click('Add category');
    expect(document.activeElement).toBe(box('Name'));
    await fill('Name', 'Music');
    await fill('Description', 'What sounds.');
    await submit();
    const { body } = await answer('POST', URL, MUSIC, { status: 201 });
    await listAgain(MUSIC, NATURE);

    expect(body).toEqual({ name: 'Music', description: 'What sounds.' });
    expect(names()).toEqual(['Music', 'Nature']);
    expect(page.querySelector('form')).toBeNull();
    expect(document.activeElement).toBe(find('#edit-new'));
  });

  it('can be renamed in place', async () => {
    const { answer, box, click, fill, listAgain, names, submit } = await open(NATURE);
    await click('Edit');
    expect(box('Name').value).toBe('Nature');
    await fill('Name', 'Life');
    await submit();
    const { body } = await answer('PATCH', `${URL}c1/`, NATURE);
    await listAgain({ ...NATURE, name: 'Life' });

    expect(body).toEqual({ name: 'Life', description: 'What grows.' });
    expect(names()).toEqual(['Life']);
  });

  it('show a duplicate name at the field and keep the input', async () => {
    const { answer, box, click, fill, find, submit } = await open(NATURE);
    await click('Add category');
    await fill('Name', 'NATURE');
    await submit();
    await answer('POST', URL, { name: ['It is taken.'] }, REFUSED);

    expect(find('mat-error').textContent).toContain('It is taken.');
    expect(box('Name').value).toBe('NATURE');
  });

  it('show other errors above the form or as a message', async () => {
    const { answer, click, fill, find, report, submit } = await open(NATURE);
    await click('Add category');
    await fill('Name', 'Music');
    await submit();
    await answer('POST', URL, { detail: 'Not now.' }, REFUSED);
    expect(find('[role=alert]').textContent).toBe('Not now.');

    await submit();
    await answer('POST', URL, {}, UNAVAILABLE);
    expect(report).toHaveBeenCalled();
  });

  it('require a name', async () => {
    const { click, find, http, page, submit } = await open(NATURE);
    await click('Add category');
    await submit();
    http.expectNone(URL);
    expect(find('mat-error').textContent).toContain('This field is required.');

    await click('Cancel');
    expect(page.querySelector('form')).toBeNull();
  });

  it('are deleted after confirmation and keep their courses', async () => {
    const { answer, ask, click, http, listAgain, names } = await open(NATURE);
    ask.mockResolvedValueOnce(false);
    await click('Delete');
    http.expectNone(`${URL}c1/`);
    expect(ask).toHaveBeenCalledWith(
      expect.objectContaining({ text: 'Courses in “Nature” are kept without a category.' }),
    );

    await click('Delete');
    await answer('DELETE', `${URL}c1/`, null, { status: 204 });
    await listAgain();
    expect(names()).toEqual([]);
  });

  it('stay when deleting fails', async () => {
    const { answer, click, names, report } = await open(NATURE);
    await click('Delete');
    await answer('DELETE', `${URL}c1/`, { detail: 'It changed.' }, { status: 409 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 409 }));
    expect(names()).toEqual(['Nature']);
  });
});
