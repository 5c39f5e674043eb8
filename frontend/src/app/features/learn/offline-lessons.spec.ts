import 'fake-indexeddb/auto';

import { SUMMARY, SUMMARY_URL, lesson, setUpLessonPage } from './testing';

describe('offline', () => {
  const {
    http,
    page,
    visit,
    request,
    shows,
    button,
    ticks,
    answerCourse,
    answerLesson,
    open,
    press,
    failOffline,
  } = setUpLessonPage();

  async function loseServer(): Promise<void> {
    await open('l2');
    press('j');
    await answerLesson('l3');
    press('k');
    await failOffline('/api/lessons/l2/');
    await shows('You are viewing an offline copy.');
  }

  it('shows stored lessons, stores completions, and syncs them later', async () => {
    await loseServer();
    expect(page().textContent).toContain('About Roots.');
    button('Mark as completed').click();
    await failOffline('/api/progress/');
    await shows('Saved on this device');
    expect(ticks()).toEqual([true, true, false, false]);

    window.dispatchEvent(new Event('online'));
    (await request('/api/progress/')).flush({});
    const now = { ...SUMMARY, completed: 2, completed_lessons: ['l1', 'l2'] };
    (await request(SUMMARY_URL)).flush(now);
    await answerLesson('l2');
    expect(page().textContent).not.toContain('This is the copy');
    expect(page().textContent).not.toContain('Saved on this device');
    expect(ticks()).toEqual([true, true, false, false]);
  });

  it('shows that a lesson is not available offline', async () => {
    await loseServer();
    press('k');
    await failOffline('/api/lessons/l1/');
    await shows('This lesson is not available offline.');
  });

  it('opens a stored course and reloads it when the server responds', async () => {
    await open('l2');
    await visit('/courses');
    await visit('/learn/c1/l2');
    await failOffline('/api/courses/c1/');
    http()
      .match(() => true)
      .forEach(element => element.error(new ProgressEvent('error')));
    await shows('You are viewing an offline copy.');
    expect(ticks()).toEqual([true, false, false, false]);

    press('j');
    (await request('/api/lessons/l3/')).flush(lesson('l3'));
    await answerCourse();
    await vi.waitFor(() => expect(page().textContent).not.toContain('This is the copy'));
  });
});
