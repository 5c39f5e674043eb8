import { findConflictDialog, visitStudio } from '../testing';

const ROOTS = {
  id: 'a',
  course: '1',
  title: 'Roots',
  content: 'They **drink**.',
  content_html: '<p>They <strong>drink</strong>.</p>',
  video_url: '',
  embed_url: null as string | null,
  duration_minutes: 10,
  is_preview: false,
};
const TAGGED = { headers: { ETag: '"1"' } };

describe('the lesson editor', () => {
  async function open(lesson: object = ROOTS) {
    const visited = await visitStudio('/courses/1/lessons/a');
    await visited.answer('GET', '/api/lessons/a/', lesson, TAGGED);
    const text = () => visited.find<HTMLTextAreaElement>('textarea');
    const press = async (key: string, target: HTMLElement = text()) => {
      const event = new KeyboardEvent('keydown', {
        key,
        ctrlKey: true,
        bubbles: true,
        cancelable: true,
      });
      target.dispatchEvent(event);
      await visited.settle();
      return event.defaultPrevented;
    };
    const select = (from: number, to: number) => text().setSelectionRange(from, to);
    return { ...visited, editor: text, press, select };
  }

  it('shows the content next to its preview', async () => {
    const { editor, box, find } = await open();

    expect(box('Title').value).toBe('Roots');
    expect(editor().value).toBe('They **drink**.');
    expect(find('.preview strong').textContent).toBe('drink');
    expect(find('a', 'View as student').getAttribute('href')).toBe('/learn/1/a');
  });

  it('renders the preview on the server after a pause in typing', async () => {
    const { type, answer, find, http } = await open();
    await type('textarea', 'They *hold*');
    await type('textarea', 'They *hold*.');
    http.expectNone('/api/lessons/preview/');
    const request = await answer('POST', '/api/lessons/preview/', {
      content_html: '<p>They <em>hold</em>.</p>',
    });

    expect(request.body).toEqual({ content: 'They *hold*.' });
    expect(find('.preview em').textContent).toBe('hold');

    await type('textarea', ROOTS.content); // The saved content needs no request.
    await vi.waitFor(() => expect(find('.preview').querySelector('strong')).not.toBeNull());
    http.expectNone('/api/lessons/preview/');
  });

  it('keeps the preview if rendering fails, and tries again', async () => {
    const { type, answer, find } = await open();
    await type('textarea', 'New');
    await answer('POST', '/api/lessons/preview/', {}, { status: 503 });
    expect(find('.preview strong').textContent).toBe('drink');

    await type('textarea', 'Newer');
    await answer('POST', '/api/lessons/preview/', { content_html: '<p>Newer</p>' });
    expect(find('.preview').textContent).toContain('Newer');
  });

  it('switches between text and preview on narrow screens', async () => {
    const { click, page, find } = await open();
    await click('Preview', '.switch button');
    expect(page.querySelector('.panes')?.classList).toContain('previewing');
    expect(find('.switch button', 'Preview').getAttribute('aria-pressed')).toBe('true');

    await click('Write', '.switch button');
    expect(page.querySelector('.panes')?.classList).not.toContain('previewing');
  });

  it.each([
    ['Bold', 0, 4, '**They** **drink**.'],
    ['Italic', 0, 4, '*They* **drink**.'],
    ['Link', 0, 4, '[They](https://) **drink**.'],
    ['Code', 0, 4, '`They` **drink**.'],
    ['Heading', 2, 2, '## They **drink**.'],
    ['List', 0, 0, '- They **drink**.'],
    ['Quote', 3, 3, '> They **drink**.'],
  ])('applies the format %s', async (label, from, to, expected) => {
    const { find, settle, editor, select } = await open();
    select(from, to);
    find(`[aria-label="${label}"]`).click();
    await settle();

    expect(editor().value).toBe(expected);
  });

  it('formats each selected line', async () => {
    const { find, settle, editor, select, type } = await open();
    await type('textarea', 'before\none\ntwo');
    select(8, 12);
    find('[aria-label="List"]').click();
    await settle();

    expect(editor().value).toBe('before\n- one\n- two');
    expect([editor().selectionStart, editor().selectionEnd]).toEqual([7, 16]);
  });

  it('applies formats by shortcut in the content only', async () => {
    const { press, editor, box, select } = await open();
    select(0, 4);
    expect(await press('b')).toBe(true);
    expect(editor().value).toBe('**They** **drink**.');
    expect(editor().value.slice(editor().selectionStart, editor().selectionEnd)).toBe('They');

    expect(await press('i', box('Title'))).toBe(false);
    expect(await press('j')).toBe(false);
    expect(editor().value).toBe('**They** **drink**.');
  });

  it('saves changes by shortcut, with the ETag that was read', async () => {
    const { press, answer, snackbar, find, box, fill } = await open();
    await fill('Title', 'Roots and stems');
    expect(await press('s', box('Title'))).toBe(true);
    const request = await answer(
      'PATCH',
      '/api/lessons/a/',
      { ...ROOTS, title: 'Roots and stems' },
      TAGGED,
    );

    expect(request.body).toEqual({ title: 'Roots and stems' });
    expect(request.headers.get('If-Match')).toBe('"1"');
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    expect(find<HTMLButtonElement>('.actions button', 'Save').disabled).toBe(true);
  });

  it('requires a title', async () => {
    const { submit, text, http, fill } = await open();
    await fill('Title', '');
    await submit();

    http.expectNone('/api/lessons/a/');
    expect(text()).toContain('This field is required.');
  });

  it('shows validation errors at the field and reports other errors', async () => {
    const { type, submit, answer, find, report } = await open();
    await type('[formControlName="video_url"]', 'ftp://x');
    await submit();
    await answer('PATCH', '/api/lessons/a/', { video_url: ['With https.'] }, { status: 400 });
    expect(find('mat-error').textContent).toContain('With https.');

    await type('[formControlName="video_url"]', 'https://x.org');
    await submit();
    await answer('PATCH', '/api/lessons/a/', {}, { status: 503 });
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('keeps unsaved text after a conflict if the user continues editing', async () => {
    const { type, submit, answer, editor, snackbar, find } = await open();
    await type('textarea', 'Mine.');
    await submit();
    await answer('PATCH', '/api/lessons/a/', {}, { status: 412 });
    await answer(
      'GET',
      '/api/lessons/a/',
      { ...ROOTS, content: 'Theirs.', is_preview: true },
      TAGGED,
    );
    const dialog = await findConflictDialog();
    expect(dialog.texts()).toEqual(['Theirs.', 'Mine.']);
    expect(dialog.labels()).toHaveLength(1);
    dialog.press('Keep editing');
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('.actions button', 'Save').disabled).toBe(false),
    );

    expect(editor().value).toBe('Mine.');
    expect(snackbar.show).not.toHaveBeenCalled();
  });

  it('asks before leaving with unsaved changes', async () => {
    const { type, click, ask, url, expectUrl } = await open();
    const closing = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(closing()).toBe(false);
    await type('textarea', 'Mine.');
    expect(closing()).toBe(true);
    ask.mockResolvedValueOnce(false);
    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(1);
    expect(url()).toBe('/studio/courses/1/lessons/a');

    await click('Outline', '.tabs a');
    expect(ask).toHaveBeenCalledTimes(2);
    await expectUrl('/studio/courses/1/outline');
  });

  it.each([
    [{ video_url: '', embed_url: null }, 'Optional.'],
    [{ video_url: 'https://v.org/1', embed_url: 'https://v.org/e' }, 'plays on the lesson page'],
    [{ video_url: 'https://v.org/1', embed_url: null }, 'Shown as a link'],
  ])('explains how the video %o is shown', async (video, expected) => {
    const { find } = await open({ ...ROOTS, ...video, content: '', content_html: '' });

    expect(find('mat-hint').textContent).toContain(expected);
    expect(find('.preview').textContent).toContain('The preview appears here.');
  });

  it('shows an error and can retry', async () => {
    const { answer, click, find } = await visitStudio('/courses/1/lessons/a');
    await answer('GET', '/api/lessons/a/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/lessons/a/', ROOTS, TAGGED);

    expect(find('.preview strong').textContent).toBe('drink');
  });
});
