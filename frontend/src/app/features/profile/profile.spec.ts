import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

import { ThemePreference } from '@core/theme/theme-preference';
import { ADA, INSTRUCTOR, pageOf, visit } from '@testing';
import { deviceOf } from './device';
import { routes } from './profile.routes';

const ROUTES = [{ path: 'profile', children: routes }];
const ME = '/api/auth/user/';
const SESSIONS = '/api/auth/sessions/';
const BROKEN = { status: 503 };
const REFUSED = { status: 400 };
const FIREFOX = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const HERE = {
  id: 's1',
  user_agent: FIREFOX,
  address: '10.0.0.1',
  last_used_at: '2026-11-03T10:00:00Z',
  current: true,
};
const PHONE = { ...HERE, id: 's2', user_agent: 'Chrome/140 Android 16', current: false };
const OTHER = { ...HERE, id: 's3', user_agent: '', current: false };

async function open(user = ADA, ...sessions: object[]) {
  const visited = await visit(ROUTES, '/profile', user);
  await visited.answer('GET', SESSIONS, pageOf(HERE, ...sessions));
  const error = (control: string) =>
    visited
      .find(`[formControlName=${control}]`)
      .closest('mat-form-field')
      ?.querySelector('mat-error')
      ?.textContent?.trim();
  return { ...visited, error };
}

describe('profile details', () => {
  it('are shown and saved', async () => {
    const { answer, find, snackbar, session, submit, type } = await open();
    const box = find<HTMLTextAreaElement>('textarea');
    expect(box.value).toBe('Counts.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(true);

    await type('textarea', 'Counts and writes.');
    await submit();
    const { body } = await answer('PATCH', ME, { ...ADA, bio: 'Counts and writes.' });
    expect(body).toEqual({ bio: 'Counts and writes.' });
    expect(session.user()?.bio).toBe('Counts and writes.');
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(true);
  });

  it('show server errors at the field or above the form', async () => {
    const { answer, error, find, submit, type } = await open();
    await type('textarea', 'Bad words.');
    await submit();
    await answer('PATCH', ME, { bio: ['Not these words.'] }, REFUSED);
    expect(error('bio')).toBe('Not these words.');

    await type('textarea', 'Other words.');
    await submit();
    await answer('PATCH', ME, { detail: 'Not now.' }, REFUSED);
    expect(find('[role=alert]').textContent).toBe('Not now.');
  });

  it('keep the input when saving fails', async () => {
    const { answer, find, report, submit, type } = await open();
    await type('textarea', 'Counts and writes.');
    await submit();
    await answer('PATCH', ME, {}, BROKEN);

    expect(report).toHaveBeenCalled();
    expect(find<HTMLTextAreaElement>('textarea').value).toBe('Counts and writes.');
    expect(find<HTMLButtonElement>('button', 'Save').disabled).toBe(false);
  });

  it('are guarded against loss', async () => {
    const { ask, type, url } = await open();
    await type('textarea', 'Half a sent');
    ask.mockResolvedValueOnce(false);
    await TestBed.inject(Router).navigateByUrl('/courses');
    expect(url()).toBe('/profile');

    const leaving = new Event('beforeunload', { cancelable: true });
    window.dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
  });
});

describe('profile picture', () => {
  const WITH_PICTURE = { ...ADA, profile_picture: '/p.webp', profile_picture_small: '/p-s.webp' };

  async function choose(file: File | null) {
    const visited = await open();
    const box = visited.find<HTMLInputElement>('input[type=file]');
    Object.defineProperty(box, 'files', { value: file ? [file] : [] });
    box.dispatchEvent(new Event('change'));
    await visited.settle();
    return visited;
  }

  it('is uploaded and shown at once', async () => {
    const { answer, page, find } = await choose(new File(['x'], 'me.png', { type: 'image/png' }));
    const { body } = await answer('POST', '/api/users/ada/picture/', WITH_PICTURE);

    expect(((body as FormData).get('picture') as File).name).toBe('me.png');
    expect(page.querySelector('img')?.getAttribute('src')).toBe('/p-s.webp');
    expect(find('button', 'Remove picture')).toBeTruthy();
  });

  it('shows why it was rejected', async () => {
    const { answer, find, report } = await choose(new File(['x'], 'me.txt'));
    const reason = { picture: ['Upload a complete PNG, JPEG or WebP picture.'] };
    await answer('POST', '/api/users/ada/picture/', reason, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Upload a complete PNG, JPEG or WebP picture.');
    expect(report).not.toHaveBeenCalled();
  });

  it('can be too large or fail to upload', async () => {
    const large = await choose(new File(['x'], 'me.png'));
    await large.answer('POST', '/api/users/', { detail: 'Too large.' }, { status: 413 });
    expect(large.find('[role=alert]').textContent).toBe('Too large.');

    TestBed.resetTestingModule();
    const broken = await choose(new File(['x'], 'me.png'));
    await broken.answer('POST', '/api/users/', {}, BROKEN);
    expect(broken.report).toHaveBeenCalled();
  });

  it('is not uploaded when no file is chosen', async () => {
    const { http } = await choose(null);
    http.expectNone('/api/users/ada/picture/');
  });

  it('can be removed', async () => {
    const { answer, click, page } = await open(WITH_PICTURE);
    await click('Remove picture');
    const { body } = await answer('PATCH', ME, ADA);

    expect(body).toEqual({ profile_picture: null });
    expect(page.querySelector('img')).toBeNull();
  });
});

describe('email address', () => {
  it('is changed with the password and must be confirmed', async () => {
    const { answer, click, page, session, submit, text, type } = await open();
    expect(text()).toContain('Confirmed');
    await click('Change email');
    expect(document.activeElement?.getAttribute('formControlName')).toBe('email');
    await type('[formControlName=email]', 'ada@new.example');
    await type('[formControlName=password]', 'secret');
    await submit('form:has([formControlName=email])');
    const changed = { ...ADA, email: 'ada@new.example', email_verified: false };
    const { body } = await answer('PATCH', ME, changed);

    expect(body).toEqual({ email: 'ada@new.example', password: 'secret' });
    expect(session.user()?.email).toBe('ada@new.example');
    expect(text()).toContain('Not confirmed');
    expect(page.querySelector('[formControlName=email]')).toBeNull();
    expect(document.activeElement?.id).toBe('edit-email');
  });

  it('shows an error at the field', async () => {
    const { answer, click, error, http, submit, type } = await open();
    await click('Change email');
    await type('[formControlName=email]', 'ada@new.example');
    await submit('form:has([formControlName=email])');
    http.expectNone(ME);
    expect(error('password')).toBe('This field is required.');

    await type('[formControlName=password]', 'wrong');
    await submit('form:has([formControlName=email])');
    await answer('PATCH', ME, { password: ['That is not your password.'] }, REFUSED);
    expect(error('password')).toBe('That is not your password.');
  });

  it('shows other errors above the form', async () => {
    const { answer, click, find, submit, type } = await open();
    await click('Change email');
    await type('[formControlName=email]', 'ada@new.example');
    await type('[formControlName=password]', 'secret');
    await submit('form:has([formControlName=email])');
    await answer('PATCH', ME, { detail: 'Not now.' }, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Not now.');
  });

  it('discards the input on cancel', async () => {
    const { click, find, type } = await open();
    await click('Change email');
    await type('[formControlName=email]', 'ada@new.example');
    await click('Cancel');
    await click('Change email');

    expect(find<HTMLInputElement>('[formControlName=email]').value).toBe('');
  });

  it('can be confirmed by another email', async () => {
    const { answer, click, snackbar } = await open({ ...ADA, email_verified: false });
    await click('Send confirmation email');
    const { body } = await answer('POST', '/api/auth/registration/resend-email/');

    expect(body).toEqual({ email: 'ada@example.org' });
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('We sent you an email'));
  });
});

describe('password', () => {
  async function change() {
    const visited = await open(ADA, PHONE);
    await visited.click('Change password');
    await visited.type('[formControlName=old_password]', 'old password');
    await visited.type('[formControlName=new_password1]', 'new password');
    await visited.type('[formControlName=new_password2]', 'new password');
    await visited.submit('form:has([formControlName=old_password])');
    return visited;
  }

  it('is changed and ends the other sessions', async () => {
    const { answer, snackbar, page, text } = await change();
    const { body } = await answer('POST', '/api/auth/password/change/');
    await answer('GET', SESSIONS, pageOf(HERE));

    expect(body).toEqual({
      old_password: 'old password',
      new_password1: 'new password',
      new_password2: 'new password',
    });
    expect(text()).not.toContain('Android');
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('other devices'));
    expect(page.querySelector('[formControlName=old_password]')).toBeNull();
  });

  it('shows errors at the fields', async () => {
    const { answer, error, settle } = await change();
    const refused = { old_password: ['Wrong.'], new_password2: ['Not the same.'] };
    await answer('POST', '/api/auth/password/change/', refused, REFUSED);
    await settle();

    expect(error('old_password')).toBe('Wrong.');
    expect(error('new_password2')).toBe('Not the same.');
    expect(document.activeElement?.getAttribute('formControlName')).toBe('old_password');
  });

  it('shows other errors above the form', async () => {
    const { answer, find } = await change();
    await answer('POST', '/api/auth/password/change/', { detail: 'Not now.' }, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Not now.');
  });
});

describe('sessions', () => {
  const rows = (page: HTMLElement) =>
    [...page.querySelectorAll('.device')].map(row => row.textContent?.trim().split('  ')[0]);

  it('are listed with the current one first and without a button', async () => {
    const visited = await visit(ROUTES, '/profile');
    await visited.answer('GET', SESSIONS, pageOf(PHONE, HERE, OTHER));

    expect(rows(visited.page).map(row => row?.replace(/\s+/g, ' '))).toEqual([
      'Firefox, Linux This device',
      'Chrome, Android',
      'Unknown device',
    ]);
    expect(visited.find('lms-device-sessions li').querySelector('button')).toBeNull();
  });

  it('are collapsed when there are many', async () => {
    const others = [2, 3, 4, 5, 6, 7].map(number => ({ ...PHONE, id: `s${number}` }));
    const { click, page, text } = await open(ADA, ...others);
    expect(rows(page)).toHaveLength(5);

    await click('Show all 7');
    expect(rows(page)).toHaveLength(7);
    expect(text()).not.toContain('Show all');
  });

  it('can be ended', async () => {
    const { answer, click, snackbar, text } = await open(ADA, PHONE);
    await click('Sign out', 'lms-device-sessions li button');
    await answer('DELETE', `${SESSIONS}s2/`, null, { status: 204 });
    await answer('GET', SESSIONS, pageOf(HERE));

    expect(text()).not.toContain('Android');
    expect(text()).not.toContain('Sign out everywhere else');
    expect(snackbar.show).toHaveBeenCalled();
  });

  it('can all be ended but this one after confirmation', async () => {
    const { answer, ask, click, http } = await open(ADA, PHONE, OTHER);
    ask.mockResolvedValueOnce(false);
    await click('Sign out everywhere else');
    http.expectNone(`${SESSIONS}s2/`);

    await click('Sign out everywhere else');
    await answer('DELETE', `${SESSIONS}s2/`, null, { status: 204 });
    await answer('DELETE', `${SESSIONS}s3/`, null, { status: 204 });
    http.expectNone(`${SESSIONS}s1/`);
    await answer('GET', SESSIONS, pageOf(HERE));
  });

  it('stay unchanged when ending one fails', async () => {
    const { answer, click, report, text } = await open(ADA, PHONE);
    await click('Sign out', 'lms-device-sessions li button');
    await answer('DELETE', `${SESSIONS}s2/`, {}, BROKEN);
    await answer('GET', SESSIONS, pageOf(HERE, PHONE));

    expect(report).toHaveBeenCalled();
    expect(text()).toContain('Chrome, Android');
  });

  it('can be retried after an error', async () => {
    const { answer, click, text } = await visit(ROUTES, '/profile');
    await answer('GET', SESSIONS, {}, BROKEN);
    await click('Try again');
    await answer('GET', SESSIONS, pageOf(HERE));

    expect(text()).toContain('Firefox, Linux');
  });
});

describe('appearance and language', () => {
  afterEach(() => TestBed.inject(ThemePreference).choose('auto'));

  it('shows and changes the theme of this device', async () => {
    const { find } = await open();
    expect(find<HTMLInputElement>('input[value=auto]').checked).toBe(true);
    find('input[value=dark]').click();

    expect(document.documentElement.dataset['theme']).toBe('dark');
  });

  it('links to the same page in another language', async () => {
    const { find } = await open();

    expect(find('a[lang=es]').getAttribute('href')).toBe('/es/profile');
    expect(find('a[lang=en]').getAttribute('aria-current')).toBe('true');
  });

  it('saves the email language at once', async () => {
    const { answer, find, type } = await open();
    await type('.email-language select', 'es', 'change');
    const { body } = await answer('PATCH', ME, { ...ADA, language: 'es' });

    expect(body).toEqual({ language: 'es' });
    expect(find<HTMLSelectElement>('.email-language select').value).toBe('es');
  });

  it('restores the email language when saving fails', async () => {
    const { answer, find, report, type } = await open();
    await type('.email-language select', 'es', 'change');
    await answer('PATCH', ME, {}, BROKEN);

    expect(report).toHaveBeenCalled();
    expect(find<HTMLSelectElement>('.email-language select').value).toBe('en');
  });
});

describe('the instructor request', () => {
  it('can be sent and canceled', async () => {
    const { answer, click, text } = await open();
    await click('Request instructor role');
    const asked = await answer('PATCH', ME, { ...ADA, instructor_requested: true });
    expect(asked.body).toEqual({ instructor_requested: true });
    expect(text()).toContain('awaiting review');

    await click('Cancel request');
    const taken = await answer('PATCH', ME, ADA);
    expect(taken.body).toEqual({ instructor_requested: false });
    expect(text()).toContain('Request instructor role');
  });

  it('is not offered to instructors', async () => {
    const { text } = await open(INSTRUCTOR);
    expect(text()).not.toContain('Ask to become');
  });
});

describe('personal data', () => {
  it('can be downloaded', async () => {
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
    const make = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    const { answer, click } = await open();
    await click('Download my data');
    const data = new Blob(['{}'], { type: 'application/json' });
    await answer('GET', '/api/auth/user/export/', data);

    expect(make).toHaveBeenCalledWith(data);
    expect(saved).toHaveBeenCalled();
    expect((saved.mock.contexts.at(-1) as HTMLAnchorElement).download).toBe('ada.json');
    vi.restoreAllMocks();
  });

  it('is deleted after typing the username, and signs out', async () => {
    const { answer, ask, click, http, session, url } = await open();
    ask.mockResolvedValueOnce(false);
    await click('Delete my account');
    http.expectNone(ME);
    expect(ask).toHaveBeenCalledWith(
      expect.objectContaining({ requiredText: 'ada', isDestructive: true }),
    );

    await click('Delete my account');
    await answer('DELETE', ME, null, { status: 204 });
    expect(session.signOut).toHaveBeenCalled();
    expect(url()).toBe('/');
  });

  it('stays when deleting fails', async () => {
    const { answer, click, report, session, url } = await open();
    await click('Delete my account');
    await answer('DELETE', ME, { code: 'last_admin' }, { status: 409 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ code: 'last_admin' }));
    expect(session.signOut).not.toHaveBeenCalled();
    expect(url()).toBe('/profile');
  });
});

describe('device name', () => {
  it.each([
    [FIREFOX, 'Firefox, Linux'],
    ['Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0', 'Edge, Windows'],
    ['Mozilla/5.0 (iPhone) Version/26.0 Safari/604.1', 'Safari, iOS'],
    ['curl/8.5', 'curl/8.5'],
  ])('of %s is %s', (userAgent, name) => expect(deviceOf(userAgent)).toBe(name));
});
