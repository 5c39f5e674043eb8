import { TestBed } from '@angular/core/testing';

import { INSTRUCTOR, visit } from '@testing';
import { Versions } from './versions';

interface Note {
  readonly title: string;
  readonly text: string;
}
const BEFORE = { value: { title: 'Roots', text: 'Long.' } as Note, etag: '"1"' };
const describeNote = (note: Note) => ({
  title: ['Title', note.title] as const,
  text: ['Text', note.text] as const,
});

describe('Versions', () => {
  async function saving(wanted: Partial<Note>) {
    const visited = await visit([], '/', INSTRUCTOR);
    const saved = TestBed.inject(Versions).save('/api/x/', wanted, BEFORE, describeNote);
    const shown = () => document.querySelector('mat-dialog-container');
    const dialog = () =>
      vi.waitFor(() => {
        TestBed.tick();
        expect(shown()?.querySelector('button')).toBeTruthy();
        return shown()!;
      });
    return { ...visited, saved, shown, dialog };
  }
  const tag = (etag: string) => ({ headers: { ETag: etag } });
  const press = (dialog: Element, name: string) =>
    [...dialog.querySelectorAll('button')].find(one => one.textContent?.includes(name))!.click();

  it('sends what was changed, under the version that was read', async () => {
    const { saved, answer } = await saving({ title: 'Stems', text: 'Long.' });
    const request = await answer('PATCH', '/api/x/', { title: 'Stems', text: 'Long.' }, tag('"2"'));

    expect(request.body).toEqual({ title: 'Stems' });
    expect(request.headers.get('If-Match')).toBe('"1"');
    expect(await saved).toEqual({ value: { title: 'Stems', text: 'Long.' }, etag: '"2"' });
  });

  it('shows both texts where two changed the same, and leaves theirs', async () => {
    const { saved, answer, dialog, http } = await saving({ title: 'Stems' });
    await answer('PATCH', '/api/x/', {}, { status: 412 });
    await answer('GET', '/api/x/', { title: 'Bark', text: 'Short.' }, tag('"2"'));
    const shown = await dialog();
    const texts = [...shown.querySelectorAll('textarea')].map(box => box.value);
    expect(shown.querySelector('legend')?.textContent).toBe('Title');
    expect(texts).toEqual(['Bark', 'Stems']);

    press(shown, 'Keep editing');
    expect(await saved).toBeNull();
    http.expectNone('/api/x/');
  });

  it('replaces theirs where one says so', async () => {
    const { saved, answer, dialog } = await saving({ title: 'Stems' });
    await answer('PATCH', '/api/x/', {}, { status: 412 });
    await answer('GET', '/api/x/', { title: 'Bark', text: 'Short.' }, tag('"2"'));
    press(await dialog(), 'Replace theirs by mine');
    const request = await answer(
      'PATCH',
      '/api/x/',
      { title: 'Stems', text: 'Short.' },
      tag('"3"'),
    );

    expect(request.body).toEqual({ title: 'Stems' });
    expect(request.headers.get('If-Match')).toBe('"2"');
    expect((await saved)?.etag).toBe('"3"');
  });

  it('joins the two without asking where each changed something else', async () => {
    const { saved, answer, shown } = await saving({ title: 'Stems', text: 'Long.' });
    await answer('PATCH', '/api/x/', {}, { status: 412 });
    await answer('GET', '/api/x/', { title: 'Roots', text: 'Short.' }, tag('"2"'));
    const request = await answer(
      'PATCH',
      '/api/x/',
      { title: 'Stems', text: 'Short.' },
      tag('"3"'),
    );

    expect(request.body).toEqual({ title: 'Stems' });
    expect(request.headers.get('If-Match')).toBe('"2"');
    expect((await saved)?.value).toEqual({ title: 'Stems', text: 'Short.' });
    expect(shown()).toBeNull();
  });

  it('passes on what else the server says', async () => {
    const { saved, answer } = await saving({ title: '' });
    const refused = expect(saved).rejects.toMatchObject({ status: 400 });
    await answer('PATCH', '/api/x/', { title: ['Needed.'] }, { status: 400 });

    await refused;
  });
});
