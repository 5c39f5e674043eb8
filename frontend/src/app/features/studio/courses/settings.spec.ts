import { ADMIN, INSTRUCTOR, pageOf } from '@testing';
import { visitStudio } from '../testing';

const BOTANY = {
  id: '1',
  title: 'Botany',
  description: 'Plants.',
  category: null as string | null,
  price: '19.90',
  image: '/i.webp',
  image_small: '/s.webp',
  published: true,
  enrollment_count: 0,
};
const NATURE = { id: 'n', name: 'Nature' };
const FIRST = { headers: { ETag: '"1"' } };
const SECOND = { headers: { ETag: '"2"' } };

describe('a course’s settings', () => {
  async function open(user = INSTRUCTOR, course: object = BOTANY) {
    const visited = await visitStudio('/courses/1/settings', user);
    await visited.answer('GET', '/api/categories/', pageOf(NATURE));
    // The frame and the page read it, each for itself.
    await visited.answerAll('/api/courses/1/', course, FIRST);
    const value = (name: string) =>
      visited.find<HTMLInputElement>(`[formControlName="${name}"]`).value;
    return { ...visited, value };
  }

  it('can be changed where the categories cannot be read', async () => {
    const { answer, answerAll, type, submit, settle } = await visitStudio('/courses/1/settings');
    await answer('GET', '/api/categories/', {}, { status: 503 });
    await answerAll('/api/courses/1/', { ...BOTANY, category: 'n' }, FIRST);
    await type('[formControlName="title"]', 'Chemistry');
    await submit();
    await settle();
    const request = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);

    expect(request.body).toEqual({ title: 'Chemistry' });
  });

  it('says nothing to the server before something is changed, and then only that', async () => {
    const { find, type, submit, answer, value, snackbar } = await open();
    expect(value('description')).toBe('Plants.');
    expect(find<HTMLButtonElement>('form button', 'Save').disabled).toBe(true);

    await type('[formControlName="price"]', '5,50');
    await type('[formControlName="category"]', 'n', 'change');
    await submit();
    const changed = { ...BOTANY, price: '5.50', category: 'n' };
    const request = await answer('PATCH', '/api/courses/1/', changed, SECOND);

    expect(request.headers.get('If-Match')).toBe('"1"');
    expect(request.body).toEqual({ price: '5.50', category: 'n' });
    expect(value('price')).toBe('5.50');
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    expect(find<HTMLButtonElement>('form button', 'Save').disabled).toBe(true);
  });

  it('sends nothing that cannot be right', async () => {
    const { type, submit, text, http } = await open();
    await type('[formControlName="price"]', 'a lot');
    await submit();

    http.expectNone('/api/courses/1/');
    expect(text()).toContain('Enter a valid value.');
  });

  it('shows at its field what the server refuses', async () => {
    const { type, submit, answer, find, text } = await open();
    await type('[formControlName="title"]', 'Chemistry');
    await submit();
    const refused = { title: ['There is one of that title.'], non_field_errors: ['Not so.'] };
    await answer('PATCH', '/api/courses/1/', refused, { status: 400 });

    expect(find('mat-error').textContent).toContain('There is one of that title.');
    expect(find('[role=alert]').textContent).toContain('Not so.');
    expect(text()).not.toContain('Saved.');
  });

  it('names the category and the rest where another has changed the same', async () => {
    const { type, submit, answer, answerAll, value, find } = await open();
    await type('[formControlName="category"]', 'n', 'change');
    await type('[formControlName="description"]', 'Mine.');
    await submit();
    await answer('PATCH', '/api/courses/1/', {}, { status: 412 });
    const theirs = { ...BOTANY, category: 'gone', description: 'Theirs.', price: '1.00' };
    await answerAll('/api/courses/1/', theirs, SECOND);
    const dialog = await vi.waitFor(() => {
      const shown = document.querySelector('mat-dialog-container');
      expect(shown?.querySelector('textarea')).toBeTruthy();
      return shown!;
    });
    const texts = [...dialog.querySelectorAll('textarea')].map(box => box.value);
    expect(texts).toEqual(['Theirs.', 'Mine.', 'None', 'Nature']);
    [...dialog.querySelectorAll('button')].find(one => one.textContent?.includes('Keep'))!.click();
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('form button', 'Save').disabled).toBe(false),
    );

    expect(value('description')).toBe('Mine.');
  });

  it('asks before one leaves what is not saved', async () => {
    const { type, click, ask, url } = await open();
    await type('[formControlName="title"]', 'Chemistry');
    ask.mockResolvedValueOnce(false);
    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(url()).toBe('/studio/courses/1/settings');

    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(2);
    await vi.waitFor(() => expect(url()).toBe('/studio/courses/1/outline'));
  });

  it('takes a picture, and keeps what one is writing', async () => {
    const { choose, type, submit, answer, answerAll, value, page } = await open();
    await type('[formControlName="title"]', 'Chemistry');
    await choose(); // none, after all
    await choose(new File(['x'], 'p.png', { type: 'image/png' }));
    const request = await answer('POST', '/api/courses/1/image/', BOTANY);
    expect((request.body as FormData).get('image')).toBeInstanceOf(File);
    await answerAll(
      '/api/courses/1/',
      { ...BOTANY, description: 'Theirs.', image_small: '/new.webp' },
      SECOND,
    );

    expect(value('title')).toBe('Chemistry');
    expect(value('description')).toBe('Plants.');
    expect(page.querySelector('lms-course-image img')?.getAttribute('src')).toContain('/new.webp');
    await submit();
    const saving = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);
    expect(saving.headers.get('If-Match')).toBe('"1"'); // what they wrote meanwhile is still noticed
    expect(saving.body).toEqual({ title: 'Chemistry' });
  });

  it('takes the picture away', async () => {
    const { click, answer, answerAll, page } = await open();
    await click('Remove');
    const request = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);
    expect(request.body).toEqual({ image: null });
    await answerAll('/api/courses/1/', { ...BOTANY, image: null, image_small: null }, SECOND);

    expect(page.querySelector('lms-course-image img')).toBeNull();
  });

  it('says what failed with the picture', async () => {
    const { click, answer, report } = await open();
    await click('Remove');
    await answer('PATCH', '/api/courses/1/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('deletes the course where its title is typed', async () => {
    const { click, answer, ask, url, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Delete the course', 'section button');
    http.expectNone('/api/courses/1/');

    await click('Delete the course', 'section button');
    expect(ask).toHaveBeenLastCalledWith(expect.objectContaining({ requiredText: 'Botany' }));
    const request = await answer('DELETE', '/api/courses/1/', null, { status: 204 });
    expect(request.urlWithParams).toBe('/api/courses/1/');
    await vi.waitFor(() => expect(url()).toBe('/studio'));
  });

  it('deletes what hangs on the course, too, for an admin', async () => {
    const { click, answer } = await open(ADMIN, { ...BOTANY, enrollment_count: 2 });
    await click('Delete the course', 'section button');
    const request = await answer('DELETE', '/api/courses/1/', null, { status: 204 });

    expect(request.urlWithParams).toBe('/api/courses/1/?cascade=true');
  });

  it('says what failed', async () => {
    const { answerAll, text, click } = await visitStudio('/courses/1/settings');
    await answerAll('/api/courses/1/', {}, { status: 503 });
    await click('Try again');
    await answerAll('/api/courses/1/', BOTANY, FIRST);

    expect(text()).toContain('Picture');
  });
});
