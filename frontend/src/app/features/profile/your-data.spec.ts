import { CURRENT_USER, openProfile } from './testing';

describe('personal data', () => {
  it('can be downloaded', async () => {
    const saved = vi.spyOn(HTMLAnchorElement.prototype, 'click').mockReturnValue(undefined);
    const make = vi.spyOn(URL, 'createObjectURL').mockReturnValue('blob:x');
    const { answer, click } = await openProfile();
    await click('Download my data');
    const data = new Blob(['{}'], { type: 'application/json' });
    await answer('GET', '/api/auth/user/export/', data);

    expect(make).toHaveBeenCalledWith(data);
    expect(saved).toHaveBeenCalled();
    expect((saved.mock.contexts.at(-1) as HTMLAnchorElement).download).toBe('ada.json');
    vi.restoreAllMocks();
  });

  it('is deleted after typing the username, and signs out', async () => {
    const { answer, ask, click, http, session, url } = await openProfile();
    ask.mockResolvedValueOnce(false);
    await click('Delete my account');
    http.expectNone(CURRENT_USER);
    expect(ask).toHaveBeenCalledWith(
      expect.objectContaining({ requiredText: 'ada', isDestructive: true }),
    );

    await click('Delete my account');
    await answer('DELETE', CURRENT_USER, null, { status: 204 });
    expect(session.signOut).toHaveBeenCalled();
    expect(url()).toBe('/');
  });

  it('stays when deleting fails', async () => {
    const { answer, click, report, session, url } = await openProfile();
    await click('Delete my account');
    await answer('DELETE', CURRENT_USER, { code: 'last_admin' }, { status: 409 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ code: 'last_admin' }));
    expect(session.signOut).not.toHaveBeenCalled();
    expect(url()).toBe('/profile');
  });
});
