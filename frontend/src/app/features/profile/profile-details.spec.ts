import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

import { ADA } from '@testing';
import { CURRENT_USER, REFUSED, UNAVAILABLE, openProfile } from './testing';

describe('profile details', () => {
  it('are shown and saved', async () => {
    const { answer, find, session, snackbar, submit, type } = await openProfile();
    const box = find<HTMLTextAreaElement>('textarea');
    expect(box.value).toBe('Counts.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(true);

    await type('textarea', 'Counts and writes.');
    await submit();
    const { body } = await answer('PATCH', CURRENT_USER, { ...ADA, bio: 'Counts and writes.' });
    expect(body).toEqual({ bio: 'Counts and writes.' });
    expect(session.user()?.bio).toBe('Counts and writes.');
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(true);
  });

  it('show server errors at the field or above the form', async () => {
    const { answer, errorAt, find, submit, type } = await openProfile();
    await type('textarea', 'Bad words.');
    await submit();
    await answer('PATCH', CURRENT_USER, { bio: ['Not these words.'] }, REFUSED);
    expect(errorAt('About you')).toBe('Not these words.');

    await type('textarea', 'Other words.');
    await submit();
    await answer('PATCH', CURRENT_USER, { detail: 'Not now.' }, REFUSED);
    expect(find('[role=alert]').textContent).toBe('Not now.');
  });

  it('keep the input when saving fails', async () => {
    const { answer, find, report, submit, type } = await openProfile();
    await type('textarea', 'Counts and writes.');
    await submit();
    await answer('PATCH', CURRENT_USER, {}, UNAVAILABLE);

    expect(report).toHaveBeenCalled();
    expect(find<HTMLTextAreaElement>('textarea').value).toBe('Counts and writes.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(false);
  });

  it('are guarded against loss', async () => {
    const { ask, type, url } = await openProfile();
    await type('textarea', 'Half a sent');
    ask.mockResolvedValueOnce(false);
    await TestBed.inject(Router).navigateByUrl('/courses');
    expect(url()).toBe('/profile');

    const leaving = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
  });
});
