import { pageOf, visit } from '@testing';
import { ADMIN, REQUESTS, ROUTES, UNAVAILABLE } from './testing';

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
    await visited.answer('GET', REQUESTS, { ...pageOf(), count: 3 });
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
    await answer('GET', REQUESTS, {}, UNAVAILABLE);
    await answer('GET', URL, {}, UNAVAILABLE);
    await click('Try again');
    await answer('GET', URL, { admin: ALL });

    expect(find('dl > div', 'Instructor requests').textContent).toContain('–');
  });
});
