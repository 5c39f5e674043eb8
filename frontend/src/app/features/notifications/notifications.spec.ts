import { TestBed } from '@angular/core/testing';

import { UnreadCount } from '@core/notifications/unread-count';
import { pageOf, visit } from '@testing';
import { routes } from './notifications.routes';

const ROUTES = [{ path: 'notifications', children: routes }];
const LIST = '/api/notifications/';
const NEW = {
  id: 'n1',
  kind: 'enrolled',
  message: 'You are enrolled in “Botany”.',
  link: '/learn/1',
  is_read: false,
  created_at: '2026-11-03T10:00:00Z',
};
const OLD = { ...NEW, id: 'n2', message: 'You reached 25 %.', link: '/courses/1', is_read: true };
const BROKEN = { status: 503 };

const COUNT = '/api/notifications/unread-count/';

/** Opens the list with these notifications and this unread count. */
async function open(
  rows: readonly object[],
  { url = '/notifications', unread = 1, next = '' } = {},
) {
  const visited = await visit(ROUTES, url);
  const count = (unread: number) => visited.answer('GET', COUNT, { unread });
  await count(unread);
  const page = { ...pageOf(...rows), next: next || null };
  const asked = await visited.answer('GET', LIST, page);
  const messages = () =>
    [...visited.page.querySelectorAll('li .message a')].map(a => a.textContent?.trim());
  const unreadShown = () => visited.page.querySelectorAll('li.unread').length;
  return { ...visited, count, asked, messages, unreadShown };
}

describe('notifications', () => {
  it('are listed with unread ones highlighted and links to their subjects', async () => {
    const { asked, messages, unreadShown, find, text } = await open([NEW, OLD]);

    expect(asked.urlWithParams).toBe(LIST);
    expect(messages()).toEqual([NEW.message, OLD.message]);
    expect(unreadShown()).toBe(1);
    expect(find('li.unread a').getAttribute('href')).toBe('/learn/1');
    expect(text()).toContain('1 unread notification');
  });

  it('can be filtered to unread ones by URL', async () => {
    const { asked, find } = await open([NEW], { url: '/notifications?show=unread' });

    expect(asked.urlWithParams).toBe(`${LIST}?is_read=false`);
    expect(find('nav [aria-current=page]').textContent).toContain('Unread');
  });

  it('can be empty', async () => {
    const { page, find } = await open([], { unread: 0 });
    expect(find('lms-empty-state a').getAttribute('href')).toBe('/courses');
    expect(page.querySelector('button')).toBeNull();

    TestBed.resetTestingModule();
    const unread = await open([], { url: '/notifications?show=unread', unread: 0 });
    expect(unread.find('lms-empty-state').textContent).toContain('No unread notifications');
    expect(unread.find('lms-empty-state a').getAttribute('href')).toBe('/notifications');
  });

  it('can be retried after an error', async () => {
    const { answer, click, text } = await visit(ROUTES, '/notifications');
    await answer('GET', COUNT, { unread: 0 });
    await answer('GET', LIST, { request_id: 'f00d' }, BROKEN);
    expect(text()).toContain('f00d');

    await click('Try again');
    await answer('GET', LIST, pageOf(OLD));
    expect(text()).toContain(OLD.message);
  });

  it('are loaded page by page', async () => {
    const next = 'http://localhost/api/notifications/?cursor=c%3D1';
    const { answer, click, messages, page } = await open([NEW], { next });
    await click('Show more');
    const asked = await answer('GET', LIST, pageOf(OLD));

    expect(asked.params.get('cursor')).toBe('c=1');
    expect(messages()).toEqual([NEW.message, OLD.message]);
    expect(page.textContent).not.toContain('Show more');
  });

  it('keep their list when the next page fails', async () => {
    const next = 'http://localhost/api/notifications/?cursor=c1';
    const { answer, click, messages, report, find } = await open([NEW], { next });
    await click('Show more');
    await answer('GET', LIST, {}, BROKEN);

    expect(report).toHaveBeenCalled();
    expect(messages()).toEqual([NEW.message]);
    expect(find<HTMLButtonElement>('button', 'Show more').disabled).toBe(false);
  });

  it('are marked as read one by one, and keep the focus', async () => {
    const { answer, click, count, unreadShown, text } = await open([NEW, OLD]);
    await click('Mark as read');
    expect(unreadShown()).toBe(0);
    expect(document.activeElement?.textContent?.trim()).toBe(NEW.message);

    await answer('POST', `${LIST}n1/read/`, NEW);
    await count(0);
    expect(text()).toContain('No unread notifications');
  });

  it('stay unread and report it when marking fails', async () => {
    const { answer, click, report, unreadShown, find } = await open([NEW, OLD]);
    await click('Mark as read');
    await answer('POST', `${LIST}n1/read/`, {}, BROKEN);

    expect(unreadShown()).toBe(1);
    expect(find('button', 'Mark as read')).toBeTruthy();
    expect(report).toHaveBeenCalledWith(expect.objectContaining({ status: 503 }));
  });

  it('are marked as read when followed', async () => {
    const { answer, click, url } = await open([NEW]);
    await click(NEW.message, 'a');
    await answer('POST', `${LIST}n1/read/`, NEW);

    expect(url()).toBe('/learn/1');
  });

  it('are not marked again when followed again', async () => {
    const { click, url, http } = await open([OLD], { unread: 0 });
    await click(OLD.message, 'a');

    http.expectNone(`${LIST}n2/read/`);
    expect(url()).toBe('/courses/1');
  });

  it('are all marked as read at once', async () => {
    const { answer, click, count, unreadShown, find } = await open([NEW, OLD]);
    await click('Mark all as read');
    expect(unreadShown()).toBe(0);
    await answer('POST', `${LIST}read-all/`);
    await count(0);

    expect(find<HTMLButtonElement>('button', 'Mark all as read').disabled).toBe(true);
  });

  it('become unread again when marking all fails', async () => {
    const { answer, click, report, unreadShown } = await open([NEW, OLD]);
    await click('Mark all as read');
    await answer('POST', `${LIST}read-all/`, {}, BROKEN);

    expect(unreadShown()).toBe(1);
    expect(report).toHaveBeenCalled();
  });

  it('are deleted, and the focus moves to the next', async () => {
    const { answer, click, messages, settle } = await open([NEW, OLD]);
    await click('Delete');
    await settle();
    expect(messages()).toEqual([OLD.message]);
    expect(document.activeElement?.textContent?.trim()).toBe(OLD.message);

    await answer('DELETE', `${LIST}n1/`, null, { status: 204 });
    expect(messages()).toEqual([OLD.message]);
  });

  it('are restored when deleting fails', async () => {
    const { answer, click, messages, report } = await open([NEW, OLD]);
    await click('Delete');
    await answer('DELETE', `${LIST}n1/`, {}, BROKEN);

    expect(messages()).toEqual([NEW.message, OLD.message]);
    expect(report).toHaveBeenCalled();
  });

  it('that arrive are announced and shown on request', async () => {
    const { answer, click, count, messages, find } = await open([OLD], { unread: 1 });
    TestBed.inject(UnreadCount).refresh();
    await count(2);
    await answer('GET', `${LIST}?is_read=false`, pageOf(NEW));
    expect(messages()).toEqual([OLD.message]);
    expect(find('[role=status]', 'Show 1 new')).toBeTruthy();

    await click('Show 1 new');
    expect(messages()).toEqual([NEW.message, OLD.message]);
    expect(document.activeElement?.textContent?.trim()).toBe(NEW.message);
  });

  it('that are already listed are not announced, and failed checks are ignored', async () => {
    const { answer, count, report, text } = await open([NEW], { unread: 0 });
    await count(1); // the list shows more than were known
    expect(text()).toContain('1 unread notification');
    await answer('GET', `${LIST}?is_read=false`, pageOf(NEW));
    expect(text()).not.toMatch(/Show \d+ new/);

    TestBed.inject(UnreadCount).refresh();
    await count(2);
    await answer('GET', `${LIST}?is_read=false`, {}, BROKEN);
    expect(report).not.toHaveBeenCalled();
  });
});

describe('notification preferences', () => {
  const URL = '/api/notifications/preferences/';
  const KINDS = [
    'enrolled',
    'milestone',
    'quiz_passed',
    'quiz_failed',
    'quiz_regraded',
    'instructor_granted',
  ];
  const BOTH = { app: true, mail: true };
  const CHOICES = Object.fromEntries(KINDS.map(kind => [kind, BOTH]));

  async function choose(choices: object = CHOICES) {
    const visited = await visit(ROUTES, '/notifications/preferences');
    await visited.answer('GET', URL, choices);
    const box = (row: string, channel: 0 | 1) => {
      const boxes = visited.find('tr', row).querySelectorAll('input');
      return boxes[channel] as HTMLInputElement;
    };
    return { ...visited, box };
  }

  it('show the current choices, including email unsubscriptions', async () => {
    const { page, box } = await choose({ ...CHOICES, milestone: { app: true, mail: false } });

    expect(page.querySelectorAll('input:checked')).toHaveLength(2 * KINDS.length - 1);
    expect(box('You reach a milestone', 0).checked).toBe(true);
    expect(box('You reach a milestone', 1).checked).toBe(false);
  });

  it('are saved on each change', async () => {
    const { answer, box, settle, text } = await choose();
    box('You pass a quiz', 1).click();
    await settle();
    expect(text()).not.toContain('Saved.');
    const { body } = await answer('PUT', URL, CHOICES);

    expect(body).toEqual({ ...CHOICES, quiz_passed: { app: true, mail: false } });
    expect(text()).toContain('Saved.');
  });

  it('are reverted when saving fails', async () => {
    const { answer, box, report, settle, text } = await choose();
    box('You pass a quiz', 0).click();
    await settle();
    await answer('PUT', URL, {}, BROKEN);

    expect(box('You pass a quiz', 0).checked).toBe(true);
    expect(report).toHaveBeenCalled();
    expect(text()).not.toContain('Saved.');
  });

  it('can be retried after an error', async () => {
    const { answer, click, page } = await visit(ROUTES, '/notifications/preferences');
    await answer('GET', URL, {}, BROKEN);
    await click('Try again');
    await answer('GET', URL, CHOICES);

    expect(page.querySelectorAll('input')).toHaveLength(2 * KINDS.length);
  });
});
