import 'fake-indexeddb/auto';

import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { Lesson, ProgressSummary } from '@core/api/models';
import { clearPrivateData } from '@core/auth/private-data';
import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { errorInterceptor } from '@core/http/error-interceptor';
import { provideHeadingFocus } from '@core/navigation/heading-focus';
import { Snackbar } from '@core/snackbar/snackbar';
import { offlineStore } from '@core/offline/offline-store';
import { routes } from './learn.routes';
import { OutlineLesson, QuizResult } from './learn-models';

const OUTLINE: readonly OutlineLesson[] = ['Seeds', 'Roots', 'Leaves', 'Flowers'].map(
  (title, index) => ({
    id: `l${index + 1}`,
    title,
    position: index + 1,
    duration_minutes: 10,
    is_preview: index === 0,
  }),
);
const SUMMARY: ProgressSummary = {
  course: 'c1',
  total: 4,
  completed: 1,
  completed_lessons: ['l1'],
  percentage: 25,
  milestones: [25],
  next_lesson: { id: 'l2', title: 'Roots' },
  grade: null,
  quizzes: [],
};
const QUIZ: QuizResult = {
  quiz: 'q1',
  lesson: 'l2',
  title: 'Of roots',
  attempts: 0,
  grade: null,
  passed: false,
};
const ADA = { id: 'ada' };
const POSITION_KEY = 'lms.private.place.l2';
const SUMMARY_URL = '/api/progress/summary/?course=c1';

function lesson(id: string, overrides: Partial<Lesson> = {}): Partial<Lesson> {
  const title = OUTLINE.find(element => element.id === id)?.title ?? '';
  const text = { content_html: `<p>About ${title}.</p>`, video_url: '', embed_url: null };
  return { id, title, course: 'c1', ...text, ...overrides };
}

@Component({ template: '<h1>Elsewhere</h1>' })
class Elsewhere {}

/** Deletes private data and waits until all connections to the database are closed. */
async function deviceIsClear(): Promise<void> {
  clearPrivateData();
  await new Promise(done => (indexedDB.deleteDatabase('lms.private').onsuccess = done));
}

describe('LessonPage', () => {
  const user = signal<{ id: string } | null>(null);
  const snackbar = {
    show: vi.fn(async () => undefined),
    showError: vi.fn(async () => undefined),
    showWithAction: vi.fn(async () => false),
  };
  const report = vi.fn(async () => undefined);
  let http: HttpTestingController;
  let harness: RouterTestingHarness;
  let page: HTMLElement;

  beforeEach(async () => {
    user.set(ADA);
    await deviceIsClear();
    localStorage.clear();
    vi.clearAllMocks();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        provideRouter(
          [
            { path: 'learn', children: routes },
            { path: '**', component: Elsewhere },
          ],
          withComponentInputBinding(),
        ),
        provideHeadingFocus(),
        {
          provide: Session,
          useValue: {
            user,
            whenReady: async () => undefined,
            isSignedIn: () => user() !== null,
          },
        },
        { provide: Snackbar, useValue: snackbar },
        { provide: ErrorReporter, useValue: { report } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    harness = await RouterTestingHarness.create();
    page = document.createElement('main');
    page.append(harness.fixture.nativeElement as HTMLElement);
    document.body.append(page);
  });
  afterEach(() => {
    http.verify();
    page.remove();
  });

  const request = (url: string) =>
    vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne(url);
    });
  const shows = (text: string | RegExp) => vi.waitFor(() => expect(page.textContent).toMatch(text));
  const button = (label: string) =>
    [...page.querySelectorAll('button')].find(element => element.textContent?.trim() === label)!;
  const link = (label: string) =>
    [...page.querySelectorAll('a')].find(element => element.textContent?.includes(label));
  const heading = () => page.querySelector('h1')?.textContent;
  const ticks = () =>
    [...page.querySelectorAll('nav li')].map(element =>
      element.textContent.includes('(completed)'),
    );
  const places = (id: string) => `/api/enrollments/?course=c1&student=${id}&expand=progress`;

  async function answerCourse(
    summary: ProgressSummary | null = SUMMARY,
    outline = OUTLINE,
  ): Promise<void> {
    (await request('/api/courses/c1/')).flush({ id: 'c1', title: 'Botany' });
    http.expectOne('/api/courses/c1/lessons/').flush(outline);
    const id = user()?.id;
    if (id) http.expectOne(places(id)).flush({ results: summary ? [{ progress: summary }] : [] });
  }

  async function answerLesson(id: string, overrides: Partial<Lesson> = {}): Promise<void> {
    (await request(`/api/lessons/${id}/`)).flush(lesson(id, overrides));
    await vi.waitFor(() => {
      TestBed.tick();
      expect(page.querySelector('lms-skeleton')).toBeNull();
    });
    await harness.fixture.whenStable();
  }

  async function open(id: string, summary: ProgressSummary | null = SUMMARY): Promise<void> {
    await harness.navigateByUrl(`/learn/c1/${id}`);
    await answerCourse(summary);
    await answerLesson(id);
  }

  function press(key: string, target: Element = document.body, init: KeyboardEventInit = {}): void {
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
    );
  }

  async function away(url: string): Promise<void> {
    (await request(url)).error(new ProgressEvent('error'));
  }

  it('opens the next lesson', async () => {
    await harness.navigateByUrl('/learn/c1');
    await answerCourse();
    await answerLesson('l2');

    expect(TestBed.inject(Router).url).toBe('/learn/c1/l2');
    expect(heading()).toBe('Roots');
    expect(TestBed.inject(Title).getTitle()).toBe('Roots · Botany · Learning');
    expect(page.querySelector('.prose')?.innerHTML).toBe('<p>About Roots.</p>');
  });

  it('opens the first lesson when all are completed', async () => {
    await harness.navigateByUrl('/learn/c1');
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
    expect(page.querySelector('nav [aria-current=page]')?.textContent).toContain('Roots');
    expect(page.querySelector('nav li')?.textContent).toContain('Preview');
    expect(page.querySelector('nav li')?.textContent).toContain('10 min');
    expect(page.querySelector('progress')?.value).toBe(25);
    const toggle = button('All lessons');
    toggle.click();
    await harness.fixture.whenStable();
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

    expect(page.querySelector('lms-outline')?.scrollTop).toBe(500);
    vi.restoreAllMocks();
  });

  it('stores nothing that arrives after signing out', async () => {
    await harness.navigateByUrl('/learn/c1/l2');
    await answerCourse();
    await vi.waitFor(async () => expect(await offlineStore.course('ada', 'c1')).toBeDefined());
    const reading = await request('/api/lessons/l2/');
    user.set(null);
    reading.flush(lesson('l2'));
    await answerCourse(null);
    await answerLesson('l2');

    expect(await offlineStore.lesson('ada', 'l2')).toBeUndefined();
  });

  it('shows a completion at once, then the summary of the server', async () => {
    await open('l2');
    button('Mark as completed').click();
    await shows('2 of 4 lessons');
    expect(ticks()).toEqual([true, true, false, false]);

    const marking = await request('/api/progress/');
    expect(marking.request.body).toEqual({ lesson: 'l2', completed: true });
    marking.flush({});
    (await request(SUMMARY_URL)).flush({
      ...SUMMARY,
      completed: 2,
      completed_lessons: ['l1', 'l2'],
      percentage: 50,
      milestones: [25, 50],
    });
    await vi.waitFor(() =>
      expect(snackbar.show).toHaveBeenCalledExactlyOnceWith('You completed half of this course.'),
    );
    expect(button('Mark as not completed')).toBeDefined();
    expect(page.querySelector('[rel=next]')?.classList).not.toContain('outlined');
  });

  it('reverts a rejected completion and reports it', async () => {
    await open('l2');
    button('Mark as completed').click();
    await shows('2 of 4 lessons');

    (await request('/api/progress/')).flush({ detail: 'No.' }, { status: 403, statusText: '' });
    await shows('1 of 4 lessons');
    expect(ticks()).toEqual([true, false, false, false]);
    expect(report).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ message: 'No.' }));
  });

  it('keeps its own count when the summary cannot be loaded', async () => {
    await open('l1');
    button('Mark as not completed').click();
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({}, { status: 500, statusText: '' });
    await harness.fixture.whenStable();

    expect(ticks()).toEqual([false, false, false, false]);
  });

  it('shows that lessons with quizzes are completed by passing them', async () => {
    const taken = { ...QUIZ, quiz: 'q2', title: 'Of hair', attempts: 2, grade: 40 };
    const passed = {
      ...QUIZ,
      quiz: 'q3',
      title: 'Of caps',
      attempts: 1,
      grade: 87.5,
      passed: true,
    };
    await open('l2', { ...SUMMARY, quizzes: [QUIZ, taken, passed, { ...QUIZ, lesson: 'l3' }] });

    const rows = [...page.querySelectorAll('lms-completion li')].map(row => [
      ...[...row.querySelectorAll('.facts > *')].map(fact => fact.textContent.trim()),
      row.querySelector('a')?.textContent.trim(),
      row.querySelector('a')?.getAttribute('href'),
    ]);
    expect(rows).toEqual([
      ['Not attempted', 'Take quiz “Of roots”', '/quiz/q1'],
      ['2 attempts', 'Grade: 40%', 'Not passed yet', 'Try again “Of hair”', '/quiz/q2'],
      ['1 attempt', 'Grade: 87.5%', 'Passed', 'View quiz “Of caps”', '/quiz/q3'],
    ]);
    expect(page.textContent).toContain('Pass all quizzes to complete this lesson.');
    expect(button('Mark as completed')).toBeUndefined();
  });

  it('shows the end of a course', async () => {
    const three = ['l1', 'l2', 'l3'];
    await open('l4', {
      ...SUMMARY,
      completed: 3,
      completed_lessons: three,
      milestones: [25, 50, 75],
    });
    expect(page.querySelector('lms-finished')).toBeNull();

    button('Mark as completed').click();
    await shows('You completed “Botany”');
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({
      ...SUMMARY,
      completed: 4,
      completed_lessons: [...three, 'l4'],
      milestones: [25, 50, 75, 100],
      grade: 81.5,
    });
    await shows('Your quiz grade is 81.5%.');
    expect(snackbar.show).toHaveBeenCalledExactlyOnceWith(
      'You completed all lessons of this course.',
    );
  });

  it.each([
    [25, 'You completed a quarter of this course.'],
    [75, 'You completed three quarters of this course.'],
  ])('announces %i percent', async (percent, text) => {
    await open('l2', { ...SUMMARY, milestones: [] });
    button('Mark as completed').click();
    (await request('/api/progress/')).flush({});
    (await request(SUMMARY_URL)).flush({ ...SUMMARY, milestones: [percent] });

    await vi.waitFor(() => expect(snackbar.show).toHaveBeenCalledExactlyOnceWith(text));
  });

  describe('keyboard shortcuts', () => {
    it('open the next or previous lesson and focus its heading', async () => {
      await open('l2');
      press('J');
      await answerLesson('l3');
      expect(heading()).toBe('Leaves');
      await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));

      const read = vi.fn();
      page.querySelector('h1')?.addEventListener('focus', read);
      press('ArrowLeft');
      await answerLesson('l2');
      expect(document.activeElement?.textContent).toBe('Roots');
      expect(read).toHaveBeenCalled(); // The heading is focused again for screen readers.
      press('ArrowRight');
      await answerLesson('l3');
      press('k');
      await answerLesson('l2');
    });

    it('follow the text direction', async () => {
      document.documentElement.dir = 'rtl';
      await open('l2');
      press('ArrowLeft');
      await answerLesson('l3');
      document.documentElement.dir = '';

      expect(heading()).toBe('Leaves');
    });

    it('do nothing at the ends, with modifiers, or inside controls', async () => {
      await open('l1');
      press('k');
      press('x');
      press('j', document.body, { ctrlKey: true });
      press('j', document.body, { repeat: true });
      press('ArrowRight', page.querySelector('input')!);
      press('ArrowRight', page.querySelector('summary')!);
      await harness.fixture.whenStable();

      expect(TestBed.inject(Router).url).toBe('/learn/c1/l1');
    });

    it('can be turned off', async () => {
      await open('l1');
      page.querySelector<HTMLInputElement>('input[type=checkbox]')!.click();
      press('j');
      await harness.fixture.whenStable();

      expect(TestBed.inject(Router).url).toBe('/learn/c1/l1');
      expect(localStorage.getItem('lms.learn.keys')).toBe('off');
    });
  });

  it('toggles focus mode and leaves it with the page', async () => {
    await open('l1');
    button('Focus mode').click();
    await harness.fixture.whenStable();

    expect(document.documentElement.hasAttribute('data-focus-mode')).toBe(true);
    expect(page.querySelector('lms-outline')).toBeNull();
    expect(localStorage.getItem('lms.learn.quiet')).toBe('on');

    await harness.navigateByUrl('/courses');
    expect(document.documentElement.hasAttribute('data-focus-mode')).toBe(false);
  });

  describe('without an enrollment', () => {
    it('shows a visitor how to enroll', async () => {
      user.set(null);
      await harness.navigateByUrl('/learn/c1/l2');
      await answerCourse();
      await answerLesson('l2', { content_html: null as unknown as string });

      expect(page.textContent).toContain('Enroll to read this lesson');
      expect(link('View course and enroll')?.getAttribute('href')).toBe('/courses/c1');
      expect(link('Sign in')?.getAttribute('href')).toBe('/login?next=%2Flearn%2Fc1%2Fl2');
      expect(page.querySelector('lms-completion, progress, .tick')).toBeNull();
    });

    it('does not ask signed-in users to sign in', async () => {
      await harness.navigateByUrl('/learn/c1/l2');
      await answerCourse(null);
      await answerLesson('l2', { content_html: null as unknown as string });

      expect(link('View course and enroll')).toBeDefined();
      expect(link('Sign in')).toBeUndefined();
    });

    it('plays a preview without completion', async () => {
      await open('l1', null);

      expect(page.textContent).toContain('About Seeds.');
      expect(page.textContent).toContain('You are not enrolled in this course');
      expect(page.querySelector('lms-completion')).toBeNull();
    });
  });

  describe('a video', () => {
    const embed_url = 'https://player.example/1';

    it('is embedded on request, and not in the next lesson', async () => {
      await harness.navigateByUrl('/learn/c1/l1');
      await answerCourse();
      await answerLesson('l1', { video_url: 'https://v.example/1', embed_url });
      expect(page.querySelector('iframe')).toBeNull();

      page.querySelector<HTMLElement>('.poster')!.click();
      await harness.fixture.whenStable();
      const frame = page.querySelector('iframe')!;
      expect(frame.src).toBe(embed_url);
      expect(frame.getAttribute('sandbox')).toBe('allow-scripts allow-same-origin');
      expect(frame.getAttribute('referrerpolicy')).toBe('strict-origin-when-cross-origin');
      expect(frame.title).toBe('Video of the lesson “Seeds”');

      press('j');
      await answerLesson('l2', { video_url: 'https://v.example/2', embed_url: `${embed_url}2` });
      expect(page.querySelector('iframe')).toBeNull();
      expect(page.querySelector('.poster')).not.toBeNull();
    });

    it('is a link when it cannot be embedded', async () => {
      await harness.navigateByUrl('/learn/c1/l1');
      await answerCourse();
      await answerLesson('l1', { video_url: 'https://v.example/1', content_html: '' });

      const video = link('Watch the video on v.example')!;
      expect(video.href).toBe('https://v.example/1');
      expect(video.rel).toBe('noopener noreferrer');
      expect(page.querySelector('.poster')).toBeNull();
    });

    it('is embedded over https only', async () => {
      await harness.navigateByUrl('/learn/c1/l1');
      await answerCourse();
      await answerLesson('l1', {
        video_url: 'http://v.example/1',
        embed_url: 'http://v.example/1',
      });

      expect(page.querySelector('.poster')).toBeNull();
      expect(link('Watch the video on v.example')).toBeDefined();
    });
  });

  describe('missing content', () => {
    it('shows a missing course and how to sign in', async () => {
      user.set(null);
      await harness.navigateByUrl('/learn/c1/l1');
      (await request('/api/courses/c1/')).flush({}, { status: 404, statusText: '' });
      http.match(() => true).forEach(element => element.flush({}, { status: 404, statusText: '' }));
      await shows('Course not found');

      expect(link('Sign in')?.getAttribute('href')).toBe('/login?next=%2Flearn%2Fc1%2Fl1');
      expect(page.querySelectorAll('h1')).toHaveLength(1);
    });

    it('shows a lesson that is not in the course', async () => {
      await harness.navigateByUrl('/learn/c1/l9');
      await answerCourse();
      (await request('/api/lessons/l9/')).flush({}, { status: 404, statusText: '' });
      await shows('Lesson not found');

      expect(link('Continue course')?.getAttribute('href')).toBe('/learn/c1');
    });

    it('shows a course without lessons', async () => {
      await harness.navigateByUrl('/learn/c1');
      await answerCourse(null, []);
      await shows('This course has no lessons yet.');

      expect(heading()).toBe('Botany');
    });

    it('shows a lesson without text', async () => {
      await harness.navigateByUrl('/learn/c1/l1');
      await answerCourse();
      await answerLesson('l1', { content_html: '' });

      expect(page.textContent).toContain('This lesson has no text yet.');
    });

    it('retries after an error', async () => {
      await harness.navigateByUrl('/learn/c1/l1');
      (await request('/api/courses/c1/')).flush({}, { status: 500, statusText: '' });
      http.match(() => true).forEach(element => element.flush({}, { status: 500, statusText: '' }));
      await shows('Could not load this content.');

      button('Try again').click();
      await answerCourse();
      await shows('Seeds');
      button('Try again').click();
      await answerLesson('l1');
      expect(page.textContent).toContain('About Seeds.');
    });
  });

  describe('offline', () => {
    async function loseServer(): Promise<void> {
      await open('l2');
      press('j');
      await answerLesson('l3');
      press('k');
      await away('/api/lessons/l2/');
      await shows('You are viewing an offline copy.');
    }

    it('shows stored lessons, stores completions, and syncs them later', async () => {
      await loseServer();
      expect(page.textContent).toContain('About Roots.');
      button('Mark as completed').click();
      await away('/api/progress/');
      await shows('Saved on this device');
      expect(ticks()).toEqual([true, true, false, false]);

      window.dispatchEvent(new Event('online'));
      (await request('/api/progress/')).flush({});
      const now = { ...SUMMARY, completed: 2, completed_lessons: ['l1', 'l2'] };
      (await request(SUMMARY_URL)).flush(now);
      await answerLesson('l2');
      expect(page.textContent).not.toContain('This is the copy');
      expect(page.textContent).not.toContain('Saved on this device');
      expect(ticks()).toEqual([true, true, false, false]);
    });

    it('shows that a lesson is not available offline', async () => {
      await loseServer();
      press('k');
      await away('/api/lessons/l1/');
      await shows('This lesson is not available offline.');
    });

    it('opens a stored course and reloads it when the server responds', async () => {
      await open('l2');
      await harness.navigateByUrl('/courses');
      await harness.navigateByUrl('/learn/c1/l2');
      await away('/api/courses/c1/');
      http.match(() => true).forEach(element => element.error(new ProgressEvent('error')));
      await shows('You are viewing an offline copy.');
      expect(ticks()).toEqual([true, false, false, false]);

      press('j');
      (await request('/api/lessons/l3/')).flush(lesson('l3'));
      await answerCourse();
      await vi.waitFor(() => expect(page.textContent).not.toContain('This is the copy'));
    });
  });

  describe('the reading position', () => {
    const scrollTo = vi.fn();
    beforeEach(() => {
      vi.stubGlobal('scrollTo', scrollTo);
      scrollTo.mockClear();
    });
    afterEach(() => {
      vi.unstubAllGlobals();
      vi.restoreAllMocks();
    });

    /** Fakes the layout of the text: its height and scroll position. */
    function layOut(top: number, height: number): void {
      vi.spyOn(Element.prototype, 'getBoundingClientRect').mockReturnValue({
        top,
        height,
        bottom: top + height,
      } as DOMRect);
    }

    const scroll = async () => {
      window.dispatchEvent(new Event('scroll'));
      await new Promise(resolve => setTimeout(resolve, 300));
    };

    it('is stored and restored', async () => {
      layOut(-2000, 5000);
      await open('l2');
      await scroll();
      expect(localStorage.getItem(POSITION_KEY)).toBe('0.4000');

      layOut(0, 5000);
      press('j');
      await answerLesson('l3');
      press('k');
      await answerLesson('l2');
      await vi.waitFor(() => expect(scrollTo).toHaveBeenCalledExactlyOnceWith({ top: 2000 }));
      expect(snackbar.showWithAction).toHaveBeenCalledOnce();
    });

    it('is the top after the lesson is completed', async () => {
      layOut(-2000, 5000);
      await open('l2');
      await scroll();
      expect(localStorage.getItem(POSITION_KEY)).not.toBeNull();

      button('Mark as completed').click();
      expect(localStorage.getItem(POSITION_KEY)).toBeNull();
      (await request('/api/progress/')).flush({});
      (await request(SUMMARY_URL)).flush(SUMMARY);
    });

    it('is the top on request', async () => {
      localStorage.setItem(POSITION_KEY, '0.5');
      layOut(0, 1000);
      snackbar.showWithAction.mockResolvedValueOnce(true);
      await open('l2');

      await vi.waitFor(() => expect(scrollTo.mock.lastCall).toEqual([{ top: 0 }]));
    });

    it('is removed at the end of the text', async () => {
      localStorage.setItem(POSITION_KEY, '0.5');
      layOut(-4500, 5000);
      await open('l2');
      await vi.waitFor(() => expect(snackbar.showWithAction).toHaveBeenCalled());
      await scroll();

      expect(localStorage.getItem(POSITION_KEY)).toBeNull();
    });
  });
});
