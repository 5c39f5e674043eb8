import { visitStudio } from '../testing';

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
    const field = (name: string) => visited.find<HTMLInputElement>(`[formControlName="${name}"]`);
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
    return { ...visited, field, box: text, press, select };
  }

  it('shows what is written beside what it looks like', async () => {
    const { field, box, find } = await open();

    expect(field('title').value).toBe('Roots');
    expect(box().value).toBe('They **drink**.');
    expect(find('.look strong').textContent).toBe('drink');
    expect(find('a', 'See it as a student').getAttribute('href')).toBe('/learn/1/a');
  });

  it('has the server render what is written, when one pauses', async () => {
    const { type, answer, find, http } = await open();
    await type('textarea', 'They *hold*');
    await type('textarea', 'They *hold*.');
    http.expectNone('/api/lessons/preview/');
    const request = await answer('POST', '/api/lessons/preview/', {
      content_html: '<p>They <em>hold</em>.</p>',
    });

    expect(request.body).toEqual({ content: 'They *hold*.' });
    expect(find('.look em').textContent).toBe('hold');

    await type('textarea', ROOTS.content); // back to what is stored: nothing to ask
    await vi.waitFor(() => expect(find('.look').querySelector('strong')).not.toBeNull());
    http.expectNone('/api/lessons/preview/');
  });

  it('keeps what was shown where the preview fails, and tries again', async () => {
    const { type, answer, find } = await open();
    await type('textarea', 'New');
    await answer('POST', '/api/lessons/preview/', {}, { status: 503 });
    expect(find('.look strong').textContent).toBe('drink');

    await type('textarea', 'Newer');
    await answer('POST', '/api/lessons/preview/', { content_html: '<p>Newer</p>' });
    expect(find('.look').textContent).toContain('Newer');
  });

  it('switches between writing and looking where there is no room for both', async () => {
    const { click, page, find } = await open();
    await click('Preview', '.switch button');
    expect(page.querySelector('.beside')?.classList).toContain('looking');
    expect(find('.switch button', 'Preview').getAttribute('aria-pressed')).toBe('true');

    await click('Write', '.switch button');
    expect(page.querySelector('.beside')?.classList).not.toContain('looking');
  });

  it.each([
    ['Bold', 0, 4, '**They** **drink**.'],
    ['Italic', 0, 4, '*They* **drink**.'],
    ['Link', 0, 4, '[They](https://) **drink**.'],
    ['Code', 0, 4, '`They` **drink**.'],
    ['Heading', 2, 2, '## They **drink**.'],
    ['List', 0, 0, '- They **drink**.'],
    ['Quote', 3, 3, '> They **drink**.'],
  ])('sets the mark %s', async (label, from, to, expected) => {
    const { find, settle, box, select } = await open();
    select(from, to);
    find(`[aria-label="${label}"]`).click();
    await settle();

    expect(box().value).toBe(expected);
  });

  it('marks each of the lines that are selected', async () => {
    const { find, settle, box, select, type } = await open();
    await type('textarea', 'before\none\ntwo');
    select(8, 12);
    find('[aria-label="List"]').click();
    await settle();

    expect(box().value).toBe('before\n- one\n- two');
    expect([box().selectionStart, box().selectionEnd]).toEqual([7, 16]);
  });

  it('sets marks by keys in the text, and only there', async () => {
    const { press, box, select, field } = await open();
    select(0, 4);
    expect(await press('b')).toBe(true);
    expect(box().value).toBe('**They** **drink**.');
    expect(box().value.slice(box().selectionStart, box().selectionEnd)).toBe('They');

    expect(await press('i', field('title'))).toBe(false);
    expect(await press('j')).toBe(false);
    expect(box().value).toBe('**They** **drink**.');
  });

  it('saves by key what was changed, under the version that was read', async () => {
    const { type, press, field, answer, snackbar, find } = await open();
    await type('[formControlName="title"]', 'Roots and stems');
    expect(await press('s', field('title'))).toBe(true);
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

  it('sends nothing without a title', async () => {
    const { type, submit, text, http } = await open();
    await type('[formControlName="title"]', '');
    await submit();

    http.expectNone('/api/lessons/a/');
    expect(text()).toContain('This field is required.');
  });

  it('shows at its field what the server refuses, and what failed', async () => {
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

  it('keeps what one wrote where another has changed the same, and one goes on editing', async () => {
    const { type, submit, answer, box, snackbar, find } = await open();
    await type('textarea', 'Mine.');
    await submit();
    await answer('PATCH', '/api/lessons/a/', {}, { status: 412 });
    await answer(
      'GET',
      '/api/lessons/a/',
      { ...ROOTS, content: 'Theirs.', is_preview: true },
      TAGGED,
    );
    const dialog = await vi.waitFor(() => {
      const shown = document.querySelector('mat-dialog-container');
      expect(shown?.querySelector('textarea')).toBeTruthy();
      return shown!;
    });
    expect([...dialog.querySelectorAll('textarea')].map(one => one.value)).toEqual([
      'Theirs.',
      'Mine.',
    ]);
    expect(dialog.querySelectorAll('fieldset')).toHaveLength(1);
    [...dialog.querySelectorAll('button')].find(one => one.textContent?.includes('Keep'))!.click();
    await vi.waitFor(() =>
      expect(find<HTMLButtonElement>('.actions button', 'Save').disabled).toBe(false),
    );

    expect(box().value).toBe('Mine.');
    expect(snackbar.show).not.toHaveBeenCalled();
  });

  it('asks before one leaves what is not saved', async () => {
    const { type, click, ask, url } = await open();
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
    await vi.waitFor(() => expect(url()).toBe('/studio/courses/1/outline'));
  });

  it.each([
    [{ video_url: '', embed_url: null }, 'it may be left empty'],
    [{ video_url: 'https://v.org/1', embed_url: 'https://v.org/e' }, 'played on the page'],
    [{ video_url: 'https://v.org/1', embed_url: null }, 'shown as a link'],
  ])('says what becomes of the video %o', async (video, expected) => {
    const { find } = await open({ ...ROOTS, ...video, content: '', content_html: '' });

    expect(find('mat-hint').textContent).toContain(expected);
    expect(find('.look').textContent).toContain('What you write is shown here.');
  });

  it('says what failed', async () => {
    const { answer, click, find } = await visitStudio('/courses/1/lessons/a');
    await answer('GET', '/api/lessons/a/', {}, { status: 503 });
    await click('Try again');
    await answer('GET', '/api/lessons/a/', ROOTS, TAGGED);

    expect(find('.look strong').textContent).toBe('drink');
  });
});
