import { TestBed } from '@angular/core/testing';

import { ThemePreference } from '@core/theme/theme-preference';
import { ADA } from '@testing';
import { CURRENT_USER, UNAVAILABLE, openProfile } from './testing';

describe('appearance and language', () => {
  afterEach(() => TestBed.inject(ThemePreference).choose('auto'));

  it('shows and changes the theme of this device', async () => {
    const { find } = await openProfile();
    expect(find<HTMLInputElement>('input[value=auto]').checked).toBe(true);
    find('input[value=dark]').click();

    expect(document.documentElement.dataset['theme']).toBe('dark');
  });

  it('links to the same page in another language', async () => {
    const { find } = await openProfile();

    expect(find('a[lang=es]').getAttribute('href')).toBe('/es/profile');
    expect(find('a[lang=en]').getAttribute('aria-current')).toBe('true');
  });

  it('saves the email language at once', async () => {
    const { answer, find, type } = await openProfile();
    await type('lms-email-language select', 'es', 'change');
    const { body } = await answer('PATCH', CURRENT_USER, { ...ADA, language: 'es' });

    expect(body).toEqual({ language: 'es' });
    expect(find<HTMLSelectElement>('lms-email-language select').value).toBe('es');
  });

  it('restores the email language when saving fails', async () => {
    const { answer, find, report, type } = await openProfile();
    await type('lms-email-language select', 'es', 'change');
    await answer('PATCH', CURRENT_USER, {}, UNAVAILABLE);

    expect(report).toHaveBeenCalled();
    expect(find<HTMLSelectElement>('lms-email-language select').value).toBe('en');
  });
});
