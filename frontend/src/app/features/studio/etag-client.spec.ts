import { TestBed } from '@angular/core/testing';

import { INSTRUCTOR, visit } from '@testing';
import { EtagClient } from './etag-client';
import { findConflictDialog } from './testing';

interface Note {
  readonly title: string;
  readonly text: string;
}
const BASE = { value: { title: 'Roots', text: 'Long.' } as Note, etag: '"1"' };
const labelNote = (note: Note) => ({
  title: ['Title', note.title] as const,
  text: ['Text', note.text] as const,
});

describe('EtagClient', () => {
  async function startSaving(values: Partial<Note>) {
    const visited = await visit([], '/', INSTRUCTOR);
    const saved = TestBed.inject(EtagClient).save('/api/x/', values, BASE, labelNote);
    const openDialog = () => document.querySelector('mat-dialog-container');
    return { ...visited, saved, openDialog };
  }
  const tag = (etag: string) => ({ headers: { ETag: etag } });

  it('sends the changed fields with the ETag that was read', async () => {
    const { saved, answer } = await startSaving({ title: 'Stems', text: 'Long.' });
    const request = await answer('PATCH', '/api/x/', { title: 'Stems', text: 'Long.' }, tag('"2"'));

    expect(request.body).toEqual({ title: 'Stems' });
    expect(request.headers.get('If-Match')).toBe('"1"');
    expect(await saved).toEqual({ value: { title: 'Stems', text: 'Long.' }, etag: '"2"' });
  });

  it('shows both versions of a conflicting field and keeps the saved one', async () => {
    const { saved, answer, http } = await startSaving({ title: 'Stems' });
    await answer('PATCH', '/api/x/', {}, { status: 412 });
    await answer('GET', '/api/x/', { title: 'Bark', text: 'Short.' }, tag('"2"'));
    const dialog = await findConflictDialog();
    expect(dialog.labels()).toEqual(['Title']);
    expect(dialog.texts()).toEqual(['Bark', 'Stems']);

    dialog.press('Keep editing');
    expect(await saved).toBeNull();
    http.expectNone('/api/x/');
  });

  it('replaces the saved version on request', async () => {
    const { saved, answer } = await startSaving({ title: 'Stems' });
    await answer('PATCH', '/api/x/', {}, { status: 412 });
    await answer('GET', '/api/x/', { title: 'Bark', text: 'Short.' }, tag('"2"'));
    (await findConflictDialog()).press('Replace with my version');
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

  it('merges changes to different fields without asking', async () => {
    const { saved, answer, openDialog } = await startSaving({ title: 'Stems', text: 'Long.' });
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
    expect(openDialog()).toBeNull();
  });

  it('throws other errors', async () => {
    const { saved, answer } = await startSaving({ title: '' });
    const refused = expect(saved).rejects.toMatchObject({ status: 400 });
    await answer('PATCH', '/api/x/', { title: ['Required.'] }, { status: 400 });

    await refused;
  });
});
