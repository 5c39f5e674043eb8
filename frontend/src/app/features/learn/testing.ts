import 'fake-indexeddb/auto';

import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { Component, signal } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { Lesson, ProgressSummary } from '@core/api/models';
import { clearPrivateData } from '@core/auth/private-data';
import { Session } from '@core/auth/session';
import { ErrorReporter } from '@core/errors/error-reporter';
import { errorInterceptor } from '@core/http/error-interceptor';
import { provideHeadingFocus } from '@core/navigation/heading-focus';
import { Snackbar } from '@core/snackbar/snackbar';
import { routes } from './learn.routes';
import { OutlineLesson, QuizResult } from './learn-models';

export const OUTLINE: readonly OutlineLesson[] = ['Seeds', 'Roots', 'Leaves', 'Flowers'].map(
  (title, index) => ({
    id: `l${index + 1}`,
    title,
    position: index + 1,
    duration_minutes: 10,
    is_preview: index === 0,
  }),
);
export const SUMMARY: ProgressSummary = {
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
export const QUIZ: QuizResult = {
  quiz: 'q1',
  lesson: 'l2',
  title: 'Of roots',
  attempts: 0,
  grade: null,
  passed: false,
};
const ADA = { id: 'ada' };
export const SUMMARY_URL = '/api/progress/summary/?course=c1';

export function lesson(id: string, overrides: Partial<Lesson> = {}): Partial<Lesson> {
  const title = OUTLINE.find(element => element.id === id)?.title ?? '';
  const text = { content_html: `<p>About ${title}.</p>`, video_url: '', embed_url: null };
  return { id, title, course: 'c1', ...text, ...overrides };
}

@Component({ template: '<h1>Another page</h1>' })
class AnotherPage {}

/** Deletes private data and waits until all connections to the database are closed. */
async function clearDevice(): Promise<void> {
  clearPrivateData();
  await new Promise(done => (indexedDB.deleteDatabase('lms.private').onsuccess = done));
}

/** Prepares the lesson pages with a fake server for each test of a `describe` block. */
export function setUpLessonPage() {
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
    await clearDevice();
    localStorage.clear();
    vi.clearAllMocks();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        provideRouter(
          [
            { path: 'learn', children: routes },
            { path: '**', component: AnotherPage },
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

  const visit = (url: string) => harness.navigateByUrl(url);
  const settle = () => harness.fixture.whenStable();
  const request = (url: string) =>
    vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne(url);
    });
  const shows = (text: string | RegExp) => vi.waitFor(() => expect(page.textContent).toMatch(text));
  const button = (label: string) => {
    const buttons = [...page.querySelectorAll('button')];
    const match = buttons.find(element => element.textContent?.trim() === label);
    if (!match) throw new Error(`no button “${label}” in ${page.innerHTML}`);
    return match;
  };
  const link = (label: string) =>
    [...page.querySelectorAll('a')].find(element => element.textContent?.includes(label));
  const heading = () => page.querySelector('h1')?.textContent;
  const ticks = () =>
    [...page.querySelectorAll('nav li')].map(element =>
      element.textContent.includes('(completed)'),
    );
  const enrollmentUrl = (id: string) => `/api/enrollments/?course=c1&student=${id}&expand=progress`;

  async function answerCourse(
    summary: ProgressSummary | null = SUMMARY,
    outline = OUTLINE,
  ): Promise<void> {
    (await request('/api/courses/c1/')).flush({ id: 'c1', title: 'Botany' });
    http.expectOne('/api/courses/c1/lessons/').flush(outline);
    const id = user()?.id;
    if (id)
      http.expectOne(enrollmentUrl(id)).flush({ results: summary ? [{ progress: summary }] : [] });
  }

  async function answerLesson(id: string, overrides: Partial<Lesson> = {}): Promise<void> {
    (await request(`/api/lessons/${id}/`)).flush(lesson(id, overrides));
    await vi.waitFor(() => {
      TestBed.tick();
      expect(page.querySelector('lms-skeleton')).toBeNull();
    });
    await settle();
  }

  async function open(id: string, summary: ProgressSummary | null = SUMMARY): Promise<void> {
    await visit(`/learn/c1/${id}`);
    await answerCourse(summary);
    await answerLesson(id);
  }

  function press(key: string, target: Element = document.body, init: KeyboardEventInit = {}): void {
    target.dispatchEvent(
      new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }),
    );
  }

  async function failOffline(url: string): Promise<void> {
    (await request(url)).error(new ProgressEvent('error'));
  }

  return {
    user,
    snackbar,
    report,
    http: () => http,
    page: () => page,
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
    press,
    failOffline,
  };
}
