import { ADA, pageOf } from '@testing';
import { CURRENT_USER, PHONE, REFUSED, SESSIONS, THIS_DEVICE, openProfile } from './testing';

describe('email address', () => {
  it('is changed with the password and must be confirmed', async () => {
    const { answer, box, click, fill, page, session, submit, text } = await openProfile();
    expect(text()).toContain('Confirmed');
    await click('Change email');
    expect(document.activeElement).toBe(box('New email'));
    await fill('New email', 'ada@new.example');
    await fill('Current password', 'secret');
    await submit('lms-email-form form');
    const changed = { ...ADA, email: 'ada@new.example', email_verified: false };
    const { body } = await answer('PATCH', CURRENT_USER, changed);

    expect(body).toEqual({ email: 'ada@new.example', password: 'secret' });
    expect(session.user()?.email).toBe('ada@new.example');
    expect(text()).toContain('Not confirmed');
    expect(page.querySelector('lms-email-form')).toBeNull();
    expect(document.activeElement?.id).toBe('edit-email');
  });

  it('shows an error at the field', async () => {
    const { answer, click, errorAt, fill, http, submit } = await openProfile();
    await click('Change email');
    await fill('New email', 'ada@new.example');
    await submit('lms-email-form form');
    http.expectNone(CURRENT_USER);
    expect(errorAt('Current password')).toBe('This field is required.');

    await fill('Current password', 'wrong');
    await submit('lms-email-form form');
    await answer('PATCH', CURRENT_USER, { password: ['That is not your password.'] }, REFUSED);
    expect(errorAt('Current password')).toBe('That is not your password.');
  });

  it('shows other errors above the form', async () => {
    const { answer, click, fill, find, submit } = await openProfile();
    await click('Change email');
    await fill('New email', 'ada@new.example');
    await fill('Current password', 'secret');
    await submit('lms-email-form form');
    await answer('PATCH', CURRENT_USER, { detail: 'Not now.' }, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Not now.');
  });

  it('discards the input on cancel', async () => {
    const { box, click, fill } = await openProfile();
    await click('Change email');
    await fill('New email', 'ada@new.example');
    await click('Cancel');
    await click('Change email');

    expect(box('New email').value).toBe('');
  });

  it('can be confirmed by another email', async () => {
    const { answer, click, snackbar } = await openProfile({ ...ADA, email_verified: false });
    await click('Send confirmation email');
    const { body } = await answer('POST', '/api/auth/registration/resend-email/');

    expect(body).toEqual({ email: 'ada@example.org' });
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('We sent you an email'));
  });
});

describe('password', () => {
  async function change() {
    const visited = await openProfile(ADA, PHONE);
    await visited.click('Change password');
    await visited.fill('Current password', 'old password');
    await visited.fill('New password', 'new password');
    await visited.fill('Confirm new password', 'new password');
    await visited.submit('lms-password-form form');
    return visited;
  }

  it('is changed and ends the other sessions', async () => {
    const { answer, page, snackbar, text } = await change();
    const { body } = await answer('POST', '/api/auth/password/change/');
    await answer('GET', SESSIONS, pageOf(THIS_DEVICE));

    expect(body).toEqual({
      old_password: 'old password',
      new_password1: 'new password',
      new_password2: 'new password',
    });
    expect(text()).not.toContain('Android');
    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('other devices'));
    expect(page.querySelector('lms-password-form')).toBeNull();
  });

  it('is changed even if the form is closed meanwhile', async () => {
    const { answer, click, report, snackbar } = await change();
    await click('Cancel');
    await answer('POST', '/api/auth/password/change/');

    expect(snackbar.show).toHaveBeenCalledWith(expect.stringContaining('other devices'));
    expect(report).not.toHaveBeenCalled();
  });

  it('shows errors at the fields', async () => {
    const { answer, box, errorAt, settle } = await change();
    const refused = { old_password: ['Wrong.'], new_password2: ['Not the same.'] };
    await answer('POST', '/api/auth/password/change/', refused, REFUSED);
    await settle();

    expect(errorAt('Current password')).toBe('Wrong.');
    expect(errorAt('Confirm new password')).toBe('Not the same.');
    expect(document.activeElement).toBe(box('Current password'));
  });

  it('shows other errors above the form', async () => {
    const { answer, find } = await change();
    await answer('POST', '/api/auth/password/change/', { detail: 'Not now.' }, REFUSED);

    expect(find('[role=alert]').textContent).toBe('Not now.');
  });
});
