import { TestBed } from '@angular/core/testing';

import { ADA, ADMIN as BOSS, pageOf, visit } from '@testing';
import { routes } from './manage.routes';

const ROUTES = [{ path: 'manage', children: routes }];
const USERS = '/api/users/';
const ASKING = `${USERS}?instructor_requested=true&page_size=1`;
const BROKEN = { status: 503 };
const REFUSED = { status: 400 };
const ADMIN = { ...BOSS, id: 'boss', username: 'boss', is_active: true, created_at: '2026-01-02' };
const STUDENT = { ...ADMIN, ...ADA, created_at: '2026-01-02' };
const ASKER = { ...STUDENT, instructor_requested: true };

describe('manage pages', () => {
  it('start with the users and link to the others', async () => {
    const { find, url } = await visit(ROUTES, '/manage', ADMIN);

    expect(url()).toBe('/manage/users');
    expect(find('nav [aria-current=page]').textContent).toContain('Users');
    expect(find('nav a', 'Categories').getAttribute('href')).toBe('/manage/categories');
    expect(find('nav a', 'Statistics').getAttribute('href')).toBe('/manage/figures');
  });
});

describe('users', () => {
  async function open(users: readonly object[], query = '') {
    const visited = await visit(ROUTES, `/manage/users${query}`, ADMIN);
    await visited.answer('GET', ASKING, { ...pageOf(), count: 3 });
    const asked = await visited.answer('GET', USERS, pageOf(...users));
    /** Responds to the reload after an action. */
    const listAgain = async (...now: object[]) => {
      await visited.answer('GET', ASKING, pageOf());
      await visited.answer('GET', USERS, pageOf(...now));
    };
    return { ...visited, asked, listAgain };
  }

  it('are listed with their roles', async () => {
    const { find, page, text } = await open([ASKER, { ...ADMIN, is_instructor: true }]);
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
    await answer('GET', ASKING, {}, BROKEN);
    await answer('GET', USERS, {}, BROKEN);
    await click('Try again');
    await answer('GET', USERS, pageOf(STUDENT));
    expect(text()).toContain('ada@example.org');
  });

  it.each([
    ['Approve', ASKER, { is_instructor: true, instructor_requested: false }],
    ['Decline', ASKER, { instructor_requested: false }],
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
    const { answer, click, listAgain, snackbar, report, text } = await open([STUDENT]);
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
      expect(document.activeElement?.getAttribute('formControlName')).toBe('username');
      await visited.type('[formControlName=username]', 'grace');
      await visited.type('[formControlName=email]', 'grace@example.org');
      visited.find('[formControlName=is_instructor]').click();
      await visited.submit('form.invite');
      return visited;
    }

    it('are sent and the user is listed', async () => {
      const { answer, find, snackbar, page } = await invite();
      const { body } = await answer('POST', USERS, { ...STUDENT, username: 'grace' });

      expect(body).toEqual({ username: 'grace', email: 'grace@example.org', is_instructor: true });
      await answer('GET', USERS, pageOf(STUDENT));
      expect(snackbar.show).toHaveBeenCalledWith('Invitation sent to grace.');
      expect(page.querySelector('form.invite')).toBeNull();
      expect(document.activeElement).toBe(find('#invite'));
    });

    it('show an existing username at its field', async () => {
      const { answer, find } = await invite();
      await answer('POST', USERS, { email: ['It is taken.'] }, REFUSED);

      expect(find('mat-error').textContent).toContain('It is taken.');
      expect(find<HTMLInputElement>('[formControlName=username]').value).toBe('grace');
    });

    it('show other errors above the form or as a message', async () => {
      const { answer, find, report, submit } = await invite();
      await answer('POST', USERS, { detail: 'Not now.' }, REFUSED);
      expect(find('[role=alert]').textContent).toBe('Not now.');

      await submit('form.invite');
      await answer('POST', USERS, {}, BROKEN);
      expect(report).toHaveBeenCalled();
      expect(find<HTMLInputElement>('[formControlName=username]').value).toBe('grace');
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

describe('categories', () => {
  const URL = '/api/categories/';
  const NATURE = { id: 'c1', name: 'Nature', description: 'What grows.', course_count: 2 };
  const MUSIC = { id: 'c2', name: 'Music', description: '', course_count: 1 };

  async function open(...categories: object[]) {
    const visited = await visit(ROUTES, '/manage/categories', ADMIN);
    await visited.answer('GET', URL, pageOf(...categories));
    const names = () => [...visited.page.querySelectorAll('li h2')].map(name => name.textContent);
    const listAgain = (...now: object[]) => visited.answer('GET', URL, pageOf(...now));
    return { ...visited, names, listAgain };
  }

  it('are listed with their courses', async () => {
    const { find, names } = await open(NATURE, MUSIC);

    expect(names()).toEqual(['Nature', 'Music']);
    expect(find('a', '2 courses').getAttribute('href')).toBe('/courses?category=c1');
    expect(find('a', '1 course').getAttribute('href')).toBe('/courses?category=c2');
  });

  it('can be empty or fail to load', async () => {
    const none = await open();
    expect(none.text()).toContain('There are no categories yet.');

    TestBed.resetTestingModule();
    const { answer, click, text } = await visit(ROUTES, '/manage/categories', ADMIN);
    await answer('GET', URL, {}, BROKEN);
    await click('Try again');
    await answer('GET', URL, pageOf(NATURE));
    expect(text()).toContain('What grows.');
  });

  it('can be added', async () => {
    const { answer, click, find, listAgain, names, page, submit, type } = await open(NATURE);
    await click('Add category');
    expect(document.activeElement?.getAttribute('formControlName')).toBe('name');
    await type('[formControlName=name]', 'Music');
    await type('[formControlName=description]', 'What sounds.');
    await submit();
    const { body } = await answer('POST', URL, MUSIC, { status: 201 });
    await listAgain(MUSIC, NATURE);

    expect(body).toEqual({ name: 'Music', description: 'What sounds.' });
    expect(names()).toEqual(['Music', 'Nature']);
    expect(page.querySelector('form')).toBeNull();
    expect(document.activeElement).toBe(find('#edit-new'));
  });

  it('can be renamed in place', async () => {
    const { answer, click, find, listAgain, names, submit, type } = await open(NATURE);
    await click('Edit');
    expect(find<HTMLInputElement>('li [formControlName=name]').value).toBe('Nature');
    await type('[formControlName=name]', 'Life');
    await submit();
    const { body } = await answer('PATCH', `${URL}c1/`, NATURE);
    await listAgain({ ...NATURE, name: 'Life' });

    expect(body).toEqual({ name: 'Life', description: 'What grows.' });
    expect(names()).toEqual(['Life']);
  });

  it('show a duplicate name at the field and keep the input', async () => {
    const { answer, click, find, submit, type } = await open(NATURE);
    await click('Add category');
    await type('[formControlName=name]', 'NATURE');
    await submit();
    await answer('POST', URL, { name: ['It is taken.'] }, REFUSED);

    expect(find('mat-error').textContent).toContain('It is taken.');
    expect(find<HTMLInputElement>('[formControlName=name]').value).toBe('NATURE');
  });

  it('show other errors above the form or as a message', async () => {
    const { answer, click, find, report, submit, type } = await open(NATURE);
    await click('Add category');
    await type('[formControlName=name]', 'Music');
    await submit();
    await answer('POST', URL, { detail: 'Not now.' }, REFUSED);
    expect(find('[role=alert]').textContent).toBe('Not now.');

    await submit();
    await answer('POST', URL, {}, BROKEN);
    expect(report).toHaveBeenCalled();
  });

  it('require a name', async () => {
    const { click, find, http, page, submit } = await open(NATURE);
    await click('Add category');
    await submit();
    http.expectNone(URL);
    expect(find('mat-error').textContent).toContain('This field is required.');

    await click('Cancel');
    expect(page.querySelector('form')).toBeNull();
  });

  it('are deleted after confirmation and keep their courses', async () => {
    const { answer, ask, click, http, listAgain, names } = await open(NATURE);
    ask.mockResolvedValueOnce(false);
    await click('Delete');
    http.expectNone(`${URL}c1/`);
    expect(ask).toHaveBeenCalledWith(
      expect.objectContaining({ text: 'Courses in “Nature” are kept without a category.' }),
    );

    await click('Delete');
    await answer('DELETE', `${URL}c1/`, null, { status: 204 });
    await listAgain();
    expect(names()).toEqual([]);
  });

  it('stay when deleting fails', async () => {
    const { answer, click, names, report } = await open(NATURE);
    await click('Delete');
    await answer('DELETE', `${URL}c1/`, { detail: 'It changed.' }, { status: 409 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 409 }));
    expect(names()).toEqual(['Nature']);
  });
});

describe('site statistics', () => {
  const URL = '/api/dashboard/';
  const ALL = {
    users: 1234,
    instructors: 5,
    courses: 26,
    published: 25,
    enrollments: 200,
    completions: 50,
    mails_waiting: 0,
  };

  async function open(admin: object) {
    const visited = await visit(ROUTES, '/manage/figures', ADMIN);
    await visited.answer('GET', ASKING, { ...pageOf(), count: 3 });
    await visited.answer('GET', URL, { admin });
    const figure = (label: string) =>
      visited.find('dl > div', label).querySelector('dd')?.textContent?.trim();
    return { ...visited, figure };
  }

  it('show the totals and link to their lists', async () => {
    const { figure, find, text } = await open(ALL);

    expect(figure('All users')).toBe('1,234');
    expect(figure('Instructor requests')).toBe('3');
    expect(figure('Drafts')).toBe('1');
    expect(text()).toContain('25% of all enrollments');
    expect(find('dd a', '5').getAttribute('href')).toBe('/manage/users?role=instructor');
    expect(text()).toContain('All emails have been sent.');
  });

  it('handle zero enrollments and queued emails', async () => {
    const { figure, text } = await open({
      ...ALL,
      enrollments: 0,
      completions: 0,
      mails_waiting: 7,
    });

    expect(text()).not.toContain('of all enrollments');
    expect(figure('Queued')).toBe('7');
    expect(text()).toContain('No emails are lost');
  });

  it('can be retried and work without the number of requests', async () => {
    const { answer, click, find } = await visit(ROUTES, '/manage/figures', ADMIN);
    await answer('GET', ASKING, {}, BROKEN);
    await answer('GET', URL, {}, BROKEN);
    await click('Try again');
    await answer('GET', URL, { admin: ALL });

    expect(find('dl > div', 'Instructor requests').textContent).toContain('–');
  });
});
