import { ADMIN, INSTRUCTOR, pageOf } from '@testing';
import { findConflictDialog, visitStudio } from '../testing';

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

describe('the settings page of a course', () => {
  async function open(user = INSTRUCTOR, course: object = BOTANY) {
    const visited = await visitStudio('/courses/1/settings', user);
    await visited.answer('GET', '/api/categories/', pageOf(NATURE));
    // The layout and the page load the course separately.
    await visited.answerAll('/api/courses/1/', course, FIRST);
    const value = (name: string) =>
      visited.find<HTMLInputElement>(`[formControlName="${name}"]`).value;
    return { ...visited, value };
  }

  it('can save changes if the categories cannot be loaded', async () => {
    const { answer, answerAll, fill, submit, settle } = await visitStudio('/courses/1/settings');
    await answer('GET', '/api/categories/', {}, { status: 503 });
    await answerAll('/api/courses/1/', { ...BOTANY, category: 'n' }, FIRST);
    await fill('Title', 'Chemistry');
    await submit();
    await settle();
    const request = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);

    expect(request.body).toEqual({ title: 'Chemistry' });
  });

  it('sends only the fields that were changed', async () => {
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

  it('rejects an invalid price', async () => {
    const { type, submit, text, http } = await open();
    await type('[formControlName="price"]', 'a lot');
    await submit();

    http.expectNone('/api/courses/1/');
    expect(text()).toContain('Enter a valid value.');
  });

  it('shows validation errors at their fields', async () => {
    const { submit, answer, find, text, fill } = await open();
    await fill('Title', 'Chemistry');
    await submit();
    const refused = { title: ['This title is taken.'], non_field_errors: ['Not allowed.'] };
    await answer('PATCH', '/api/courses/1/', refused, { status: 400 });

    expect(find('mat-error').textContent).toContain('This title is taken.');
    expect(find('[role=alert]').textContent).toContain('Not allowed.');
    expect(text()).not.toContain('Saved.');
  });

  it('shows conflicting fields as readable text', async () => {
    const { type, submit, answer, answerAll, value, find } = await open();
    await type('[formControlName="category"]', 'n', 'change');
    await type('[formControlName="description"]', 'Mine.');
    await submit();
    await answer('PATCH', '/api/courses/1/', {}, { status: 412 });
    const theirs = { ...BOTANY, category: 'gone', description: 'Theirs.', price: '1.00' };
    await answerAll('/api/courses/1/', theirs, SECOND);
    const dialog = await findConflictDialog();
    expect(dialog.texts()).toEqual(['Theirs.', 'Mine.', 'None', 'Nature']);
    dialog.press('Keep editing');
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('form button', 'Save').disabled).toBe(false),
    );

    expect(value('description')).toBe('Mine.');
  });

  it('asks before leaving with unsaved changes', async () => {
    const { click, ask, url, expectUrl, fill } = await open();
    await fill('Title', 'Chemistry');
    ask.mockResolvedValueOnce(false);
    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(url()).toBe('/studio/courses/1/settings');

    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(2);
    await expectUrl('/studio/courses/1/outline');
  });

  it('uploads an image and keeps unsaved changes', async () => {
    const { chooseFiles, submit, answer, answerAll, value, page, box, fill } = await open();
    await fill('Title', 'Chemistry');
    await chooseFiles(); // The user cancels.
    await chooseFiles(new File(['x'], 'p.png', { type: 'image/png' }));
    const request = await answer('POST', '/api/courses/1/image/', BOTANY);
    expect((request.body as FormData).get('image')).toBeInstanceOf(File);
    await answerAll(
      '/api/courses/1/',
      { ...BOTANY, description: 'Theirs.', image_small: '/new.webp' },
      SECOND,
    );

    expect(box('Title').value).toBe('Chemistry');
    expect(value('description')).toBe('Plants.');
    expect(page.querySelector('lms-course-image img')?.getAttribute('src')).toContain('/new.webp');
    await submit();
    const saving = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);
    expect(saving.headers.get('If-Match')).toBe('"1"'); // The conflict is still detected.
    expect(saving.body).toEqual({ title: 'Chemistry' });
  });

  it('removes the image', async () => {
    const { click, answer, answerAll, page } = await open();
    await click('Remove');
    const request = await answer('PATCH', '/api/courses/1/', BOTANY, SECOND);
    expect(request.body).toEqual({ image: null });
    await answerAll('/api/courses/1/', { ...BOTANY, image: null, image_small: null }, SECOND);

    expect(page.querySelector('lms-course-image img')).toBeNull();
  });

  it('reports an error if the image cannot be removed', async () => {
    const { click, answer, report } = await open();
    await click('Remove');
    await answer('PATCH', '/api/courses/1/', {}, { status: 503 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('deletes the course after its title was typed', async () => {
    const { click, answer, ask, expectUrl, http } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Delete course', 'section button');
    http.expectNone('/api/courses/1/');

    await click('Delete course', 'section button');
    expect(ask).toHaveBeenLastCalledWith(expect.objectContaining({ requiredText: 'Botany' }));
    const request = await answer('DELETE', '/api/courses/1/', null, { status: 204 });
    expect(request.urlWithParams).toBe('/api/courses/1/');
    await expectUrl('/studio');
  });

  it('also deletes enrollments for an admin', async () => {
    const { click, answer } = await open(ADMIN, { ...BOTANY, enrollment_count: 2 });
    await click('Delete course', 'section button');
    const request = await answer('DELETE', '/api/courses/1/', null, { status: 204 });

    expect(request.urlWithParams).toBe('/api/courses/1/?cascade=true');
  });

  it('shows an error and can retry', async () => {
    const { answerAll, text, click } = await visitStudio('/courses/1/settings');
    await answerAll('/api/courses/1/', {}, { status: 503 });
    await click('Try again');
    await answerAll('/api/courses/1/', BOTANY, FIRST);

    expect(text()).toContain('Course image');
  });
});
