import { ADA, pageOf, visit } from '@testing';
import { PHONE, ROUTES, SESSIONS, THIS_DEVICE, UNAVAILABLE, openProfile } from './testing';

const OTHER = { ...THIS_DEVICE, id: 's3', user_agent: '', current: false };

describe('sessions', () => {
  const rows = (page: HTMLElement) =>
    [...page.querySelectorAll('.device')].map(row => row.textContent?.trim().split('  ')[0]);

  it('are listed with the current one first and without a button', async () => {
    const visited = await visit(ROUTES, '/profile');
    await visited.answer('GET', SESSIONS, pageOf(PHONE, THIS_DEVICE, OTHER));

    expect(rows(visited.page).map(row => row?.replace(/\s+/g, ' '))).toEqual([
      'Firefox, Linux This device',
      'Chrome, Android',
      'Unknown device',
    ]);
    expect(visited.find('lms-device-sessions li').querySelector('button')).toBeNull();
  });

  it('are collapsed when there are many', async () => {
    const others = [2, 3, 4, 5, 6, 7].map(number => ({ ...PHONE, id: `s${number}` }));
    const { click, page, text } = await openProfile(ADA, ...others);
    expect(rows(page)).toHaveLength(5);

    await click('Show all 7');
    expect(rows(page)).toHaveLength(7);
    expect(text()).not.toContain('Show all');
  });

  it('can be ended', async () => {
    const { answer, click, snackbar, text } = await openProfile(ADA, PHONE);
    await click('Sign out', 'lms-device-sessions li button');
    await answer('DELETE', `${SESSIONS}s2/`, null, { status: 204 });
    await answer('GET', SESSIONS, pageOf(THIS_DEVICE));

    expect(text()).not.toContain('Android');
    expect(text()).not.toContain('Sign out everywhere else');
    expect(snackbar.show).toHaveBeenCalled();
  });

  it('can all be ended but this one after confirmation', async () => {
    const { answer, ask, click, http } = await openProfile(ADA, PHONE, OTHER);
    ask.mockResolvedValueOnce(false);
    await click('Sign out everywhere else');
    http.expectNone(`${SESSIONS}s2/`);

    await click('Sign out everywhere else');
    await answer('DELETE', `${SESSIONS}s2/`, null, { status: 204 });
    await answer('DELETE', `${SESSIONS}s3/`, null, { status: 204 });
    http.expectNone(`${SESSIONS}s1/`);
    await answer('GET', SESSIONS, pageOf(THIS_DEVICE));
  });

  it('stay unchanged when ending one fails', async () => {
    const { answer, click, report, text } = await openProfile(ADA, PHONE);
    await click('Sign out', 'lms-device-sessions li button');
    await answer('DELETE', `${SESSIONS}s2/`, {}, UNAVAILABLE);
    await answer('GET', SESSIONS, pageOf(THIS_DEVICE, PHONE));

    expect(report).toHaveBeenCalled();
    expect(text()).toContain('Chrome, Android');
  });

  it('can be retried after an error', async () => {
    const { answer, click, text } = await visit(ROUTES, '/profile');
    await answer('GET', SESSIONS, {}, UNAVAILABLE);
    await click('Try again');
    await answer('GET', SESSIONS, pageOf(THIS_DEVICE));

    expect(text()).toContain('Firefox, Linux');
  });
});
