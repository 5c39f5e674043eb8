import 'fake-indexeddb/auto';

import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router } from '@angular/router';

import { offlineStore } from '@core/offline/offline-store';
import { OUTLINE, SUMMARY, lesson, setUpLessonPage } from './testing';

describe('the lesson page', () => {
  const {
    user,
    http,
    page,
    visit,
    settle,
    request,
    shows,
    button,
    link,
    heading,
    ticks,
    answerCourse,
    answerLesson,
    open,
  } = setUpLessonPage();

  it('opens the next lesson', async () => {
    await visit('/learn/c1');
    await answerCourse();
    await answerLesson('l2');

    expect(TestBed.inject(Router).url).toBe('/learn/c1/l2');
    expect(heading()).toBe('Roots');
    expect(TestBed.inject(Title).getTitle()).toBe('Roots · Botany · Learning');
    expect(page().querySelector('.prose')?.innerHTML).toBe('<p>About Roots.</p>');
  });

  it('opens the first lesson when all are completed', async () => {
    await visit('/learn/c1');
    await answerCourse({
      ...SUMMARY,
      next_lesson: null,
      completed_lessons: OUTLINE.map(l => l.id),
    });
    await answerLesson('l1');

    expect(TestBed.inject(Router).url).toBe('/learn/c1/l1');
  });

  it('shows the completed lessons and the current element in the outline', async () => {
    await open('l2');

    expect(ticks()).toEqual([true, false, false, false]);
    expect(page().querySelector('nav [aria-current=page]')?.textContent).toContain('Roots');
    expect(page().querySelector('nav li')?.textContent).toContain('Preview');
    expect(page().querySelector('nav li')?.textContent).toContain('10 min');
    expect(page().querySelector('progress')?.value).toBe(25);
    const toggle = button('All lessons');
    toggle.click();
    await settle();
    expect(toggle.getAttribute('aria-expanded')).toBe('true');
  });

  it('scrolls a long outline, not the page, to the current lesson', async () => {
    vi.spyOn(Element.prototype, 'getBoundingClientRect').mockImplementation(function (
      this: Element,
    ) {
      const [top, height] = this.matches('[aria-current]') ? [600, 40] : [0, 300];
      return { top, height, bottom: top + height } as DOMRect;
    });
    await open('l4');

    expect(page().querySelector('lms-outline')?.scrollTop).toBe(500);
    vi.restoreAllMocks();
  });

  it('stores nothing that arrives after signing out', async () => {
    await visit('/learn/c1/l2');
    await answerCourse();
    await vi.waitFor(async () => expect(await offlineStore.course('ada', 'c1')).toBeDefined());
    const reading = await request('/api/lessons/l2/');
    user.set(null);
    reading.flush(lesson('l2'));
    await answerCourse(null);
    await answerLesson('l2');

    expect(await offlineStore.lesson('ada', 'l2')).toBeUndefined();
  });

  it('toggles focus mode and leaves it with the page', async () => {
    await open('l1');
    button('Focus mode').click();
    await settle();

    expect(document.documentElement.hasAttribute('data-focus-mode')).toBe(true);
    expect(page().querySelector('lms-outline')).toBeNull();
    expect(localStorage.getItem('lms.learn.quiet')).toBe('on');

    await visit('/courses');
    expect(document.documentElement.hasAttribute('data-focus-mode')).toBe(false);
  });

  describe('without an enrollment', () => {
    it('shows a visitor how to enroll', async () => {
      user.set(null);
      await visit('/learn/c1/l2');
      await answerCourse();
      await answerLesson('l2', { content_html: null as unknown as string });

      expect(page().textContent).toContain('Enroll to read this lesson');
      expect(link('View course and enroll')?.getAttribute('href')).toBe('/courses/c1');
      expect(link('Sign in')?.getAttribute('href')).toBe('/login?next=%2Flearn%2Fc1%2Fl2');
      expect(page().querySelector('lms-completion, progress, .tick')).toBeNull();
    });

    it('does not ask signed-in users to sign in', async () => {
      await visit('/learn/c1/l2');
      await answerCourse(null);
      await answerLesson('l2', { content_html: null as unknown as string });

      expect(link('View course and enroll')).toBeDefined();
      expect(link('Sign in')).toBeUndefined();
    });

    it('plays a preview without completion', async () => {
      await open('l1', null);

      expect(page().textContent).toContain('About Seeds.');
      expect(page().textContent).toContain('You are not enrolled in this course');
      expect(page().querySelector('lms-completion')).toBeNull();
    });
  });

  describe('missing content', () => {
    it('shows a missing course and how to sign in', async () => {
      user.set(null);
      await visit('/learn/c1/l1');
      (await request('/api/courses/c1/')).flush({}, { status: 404, statusText: '' });
      http()
        .match(() => true)
        .forEach(element => element.flush({}, { status: 404, statusText: '' }));
      await shows('Course not found');

      expect(link('Sign in')?.getAttribute('href')).toBe('/login?next=%2Flearn%2Fc1%2Fl1');
      expect(page().querySelectorAll('h1')).toHaveLength(1);
    });

    it('shows a lesson that is not in the course', async () => {
      await visit('/learn/c1/l9');
      await answerCourse();
      (await request('/api/lessons/l9/')).flush({}, { status: 404, statusText: '' });
      await shows('Lesson not found');

      expect(link('Continue course')?.getAttribute('href')).toBe('/learn/c1');
    });

    it('shows a course without lessons', async () => {
      await visit('/learn/c1');
      await answerCourse(null, []);
      await shows('This course has no lessons yet.');

      expect(heading()).toBe('Botany');
    });

    it('shows a lesson without text', async () => {
      await visit('/learn/c1/l1');
      await answerCourse();
      await answerLesson('l1', { content_html: '' });

      expect(page().textContent).toContain('This lesson has no text yet.');
    });

    it('retries after an error', async () => {
      await visit('/learn/c1/l1');
      (await request('/api/courses/c1/')).flush({}, { status: 500, statusText: '' });
      http()
        .match(() => true)
        .forEach(element => element.flush({}, { status: 500, statusText: '' }));
      await shows('Could not load this content.');

      button('Try again').click();
      await answerCourse();
      await shows('Seeds');
      button('Try again').click();
      await answerLesson('l1');
      expect(page().textContent).toContain('About Seeds.');
    });
  });
});
