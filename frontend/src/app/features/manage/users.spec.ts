import { TestBed } from '@angular/core/testing';

import { pageOf, visit } from '@testing';
import {
  ADMIN,
  APPLICANT,
  REFUSED,
  REQUESTS,
  ROUTES,
  STUDENT,
  UNAVAILABLE,
  USERS,
} from './testing';

describe('users', () => {
  async function open(users: readonly object[], query = '') {
    const visited = await visit(ROUTES, `/manage/users${query}`, ADMIN);
    await visited.answer('GET', REQUESTS, { ...pageOf(), count: 3 });
    const asked = await visited.answer('GET', USERS, pageOf(...users));
    /** Responds to the reload after an action. */
    const listAgain = async (...now: object[]) => {
      await visited.answer('GET', REQUESTS, pageOf());
      await visited.answer('GET', USERS, pageOf(...now));
    };
    return { ...visited, asked, listAgain };
  }

  it('are listed with their roles', async () => {
    const { find, page, text } = await open([APPLICANT, { ...ADMIN, is_instructor: true }]);
    const badges = (row: string) =>
      [...find('li', row).querySelectorAll('.badge')].map(badge => badge.textContent);

    expect(text()).toContain('2 users');
    expect(text()).toContain('ada@example.org');
    expect(badges('ada')).toEqual(['Instructor request']);
    expect(badges('boss')).toEqual(['Admin', 'Instructor']);
    expect(find('option', 'Pending only').textContent).toContain('(3)');
    expect(page.querySelector('lms-pager nav')).toBeNull();
  });

  it('are requested with the filters of the URL', async () => {
    const query = '?search=ada&role=student&instructor_requested=true&is_active=false&page=2';
    const { asked, find } = await open([STUDENT], query);

    expect(asked.urlWithParams).toBe(USERS + query);
    expect(find<HTMLSelectElement>('select:has([value=student])').value).toBe('student');
    expect(find<HTMLSelectElement>('select:has([value=false])').value).toBe('false');
  });

  it('are filtered through the URL, starting at the first page', async () => {
    const { answer, type, url } = await open([STUDENT], '?page=2');
    await type('select:has([value=student])', 'admin', 'change');
    expect(url()).toBe('/manage/users?role=admin');
    await answer('GET', `${USERS}?role=admin`, pageOf(ADMIN));

    await type('select:has([value=false])', 'true', 'change');
    expect(url()).toBe('/manage/users?role=admin&is_active=true');
    await answer('GET', USERS, pageOf(ADMIN));

    await type('lms-filter-select:nth-of-type(2) select', 'true', 'change');
    expect(url()).toContain('instructor_requested=true');
  });

  it('can be searched', async () => {
    const { answer, find, settle, type, url } = await open([STUDENT]);
    await type('input[type=search]', 'grace');
    find('form[role=search]').dispatchEvent(new Event('submit', { cancelable: true }));
    await settle();

    expect(url()).toBe('/manage/users?search=grace');
    await answer('GET', `${USERS}?search=grace`, pageOf());
  });

  it('can be empty or fail to load', async () => {
    const none = await open([], '?search=nix');
    expect(none.text()).toContain('No users found.');
    expect(none.find('lms-empty-state a').getAttribute('href')).toBe('/manage/users');

    TestBed.resetTestingModule();
    const { answer, click, text } = await visit(ROUTES, '/manage/users', ADMIN);
    await answer('GET', REQUESTS, {}, UNAVAILABLE);
    await answer('GET', USERS, {}, UNAVAILABLE);
    await click('Try again');
    await answer('GET', USERS, pageOf(STUDENT));
    expect(text()).toContain('ada@example.org');
  });

  it.each([
    ['Approve', APPLICANT, { is_instructor: true, instructor_requested: false }],
    ['Decline', APPLICANT, { instructor_requested: false }],
    ['Make instructor', STUDENT, { is_instructor: true, instructor_requested: false }],
    [
      'Remove instructor role',
      { ...STUDENT, is_instructor: true },
      { is_instructor: false, instructor_requested: false },
    ],
    ['Make admin', STUDENT, { is_admin: true }],
    ['Remove admin role', { ...STUDENT, is_admin: true }, { is_admin: false }],
    ['Deactivate account', STUDENT, { is_active: false }],
    ['Reactivate account', { ...STUDENT, is_active: false }, { is_active: true }],
  ])('are changed by “%s” after confirmation', async (button, user, body) => {
    const { answer, ask, click, http, listAgain, snackbar } = await open([user]);
    ask.mockResolvedValueOnce(false);
    await click(button);
    http.expectNone(`${USERS}ada/`);
    expect(ask).toHaveBeenCalledTimes(1);

    await click(button);
    const sent = await answer('PATCH', `${USERS}ada/`, { ...user, ...body });
    expect(sent.body).toEqual(body);
    expect(snackbar.show).toHaveBeenCalledWith('Saved.');
    await listAgain({ ...user, ...body });
  });

  it('stay unchanged when a change fails', async () => {
    const { answer, click, listAgain, report, snackbar, text } = await open([STUDENT]);
    await click('Deactivate account');
    await answer('PATCH', `${USERS}ada/`, { detail: 'No.' }, { status: 409 });
    await listAgain({ ...STUDENT, is_active: false });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 409 }));
    expect(snackbar.show).not.toHaveBeenCalled();
    expect(text()).toContain('Deactivated');
  });

  it('cannot deactivate themselves', async () => {
    const { find } = await open([ADMIN]);
    expect(find('li').textContent).not.toContain('Deactivate account');
  });

  it('are redirected after removing their own admin role', async () => {
    const { answer, click, session, url } = await open([ADMIN]);
    await click('Remove admin role');
    await answer('PATCH', `${USERS}boss/`, { ...ADMIN, is_admin: false });

    expect(session.user()?.is_admin).toBe(false);
    expect(url()).toBe('/');
  });

  it('stay after making themselves an instructor', async () => {
    const { answer, click, session, url } = await open([ADMIN]);
    await click('Make instructor');
    await answer('PATCH', `${USERS}boss/`, { ...ADMIN, is_instructor: true });

    expect(session.user()?.is_instructor).toBe(true);
    expect(url()).toBe('/manage/users');
  });

  describe('invitations', () => {
    async function invite() {
      const visited = await open([STUDENT]);
      await visited.click('Invite user');
      expect(document.activeElement).toBe(visited.box('Username'));
      await visited.fill('Username', 'grace');
      await visited.fill('Email', 'grace@example.org');
      visited.find('[formControlName=is_instructor]').click();
      await visited.submit('form.invite');
      return visited;
    }

    it('are sent and the user is listed', async () => {
      const { answer, find, page, snackbar } = await invite();
      const { body } = await answer('POST', USERS, { ...STUDENT, username: 'grace' });

      expect(body).toEqual({ username: 'grace', email: 'grace@example.org', is_instructor: true });
      await answer('GET', USERS, pageOf(STUDENT));
      expect(snackbar.show).toHaveBeenCalledWith('Invitation sent to grace.');
      expect(page.querySelector('form.invite')).toBeNull();
      expect(document.activeElement).toBe(find('#invite'));
    });

    it('show an existing username at its field', async () => {
      const { answer, box, find } = await invite();
      await answer('POST', USERS, { email: ['It is taken.'] }, REFUSED);

      expect(find('mat-error').textContent).toContain('It is taken.');
      expect(box('Username').value).toBe('grace');
    });

    it('show other errors above the form or as a message', async () => {
      const { answer, box, find, report, submit } = await invite();
      await answer('POST', USERS, { detail: 'Not now.' }, REFUSED);
      expect(find('[role=alert]').textContent).toBe('Not now.');

      await submit('form.invite');
      await answer('POST', USERS, {}, UNAVAILABLE);
      expect(report).toHaveBeenCalled();
      expect(box('Username').value).toBe('grace');
    });

    it('require a name and an email address', async () => {
      const { click, find, http, page, submit } = await open([STUDENT]);
      await click('Invite user');
      await submit('form.invite');
      http.expectNone(USERS);
      expect(find('mat-error').textContent).toContain('This field is required.');

      await click('Cancel');
      expect(page.querySelector('form.invite')).toBeNull();
    });
  });
});
