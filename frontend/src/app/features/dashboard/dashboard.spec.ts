import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { signal } from '@angular/core';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';

import { Session } from '@core/auth/session';
import { errorInterceptor } from '@core/http/error-interceptor';
import { Dashboard } from './dashboard';
import { EnrolledCourse, Week } from './dashboard-api';

const BOTANY: EnrolledCourse = {
  course: 'c1',
  title: 'Botany',
  image: null,
  published: true,
  percentage: 25,
  completed: 1,
  total: 4,
  next_lesson: { id: 'l2', title: 'Roots' },
  grade: null,
  enrolled_at: '2026-11-20T08:00:00Z',
  completed_at: null,
};
const FRESH = { ...BOTANY, course: 'c2', title: 'Optics', percentage: 0, completed: 0 };
const FINISHED = {
  ...BOTANY,
  course: 'c3',
  title: 'Logic',
  published: false,
  percentage: 100,
  completed: 4,
  next_lesson: null,
  grade: 81.66,
  completed_at: '2026-10-30T12:00:00Z',
};
const IDLE: Week = { week: '2026-11-16', lessons: 0, submissions: 0 };
const BUSY: Week = { week: '2026-11-23', lessons: 2, submissions: 6 };

describe('Dashboard', () => {
  const isInstructor = signal(false);
  const isAdmin = signal(false);
  let fixture: ComponentFixture<Dashboard>;
  let http: HttpTestingController;
  let page: HTMLElement;

  beforeEach(() => {
    isInstructor.set(false);
    isAdmin.set(false);
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errorInterceptor])),
        provideHttpClientTesting(),
        provideRouter([]),
        { provide: Session, useValue: { isInstructor, isAdmin } },
      ],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(Dashboard);
    page = fixture.nativeElement as HTMLElement;
    TestBed.tick();
  });
  afterEach(() => http.verify());

  async function answer(
    courses: readonly EnrolledCourse[],
    activity: readonly Week[] = [IDLE, BUSY],
  ) {
    http.expectOne('/api/dashboard/').flush({ student: { courses, activity, unread: 0 } });
    await fixture.whenStable();
  }

  const textOf = (selector: string) =>
    page.querySelector(selector)?.textContent?.replace(/\s+/g, ' ').trim();
  const section = (title: string) =>
    [...page.querySelectorAll('section')].find(element => element.textContent.includes(title));
  const titlesIn = (title: string) =>
    [...(section(title)?.querySelectorAll('h3') ?? [])].map(element => element.textContent.trim());

  it('shows the latest course in progress first and completed courses separately', async () => {
    await answer([FRESH, BOTANY, FINISHED]);

    expect(textOf('lms-continue .title')).toBe('Optics');
    expect(titlesIn('Also in progress')).toEqual(['Botany']);
    expect(titlesIn('Completed courses')).toEqual(['Logic']);
    expect(section('Completed courses')?.textContent).toContain('Completed on Oct 30, 2026');
    expect(section('Completed courses')?.textContent).toContain('No longer published');
  });

  it('links to the next lesson and shows the progress', async () => {
    await answer([BOTANY, FRESH]);

    const [go] = page.querySelectorAll<HTMLAnchorElement>('lms-continue .button');
    expect(go?.textContent?.trim()).toBe('Continue “Roots”');
    expect(go?.getAttribute('href')).toBe('/learn/c1/l2');
    expect(textOf('lms-continue lms-progress-bar')).toBe('1 of 4 lessons25%');
    const bar = page.querySelector('progress');
    expect(bar?.value).toBe(25);
    expect(bar?.getAttribute('aria-label')).toBe('Progress in “Botany”');
    expect(textOf('lms-course-progress .text > p')).toBe('Next: Roots');
  });

  it('starts a new course', async () => {
    await answer([{ ...FRESH, grade: 50 }]);

    expect(textOf('lms-continue .button')).toBe('Start “Roots”');
    expect(textOf('lms-continue lms-progress-bar')).toContain('Grade: 50%');
  });

  it('has no course to continue when all are completed or empty', async () => {
    await answer([FINISHED, { ...BOTANY, total: 0, completed: 0, next_lesson: null }]);

    expect(page.querySelector('lms-continue')).toBeNull();
    expect(titlesIn('Completed courses')).toEqual(['Logic']);
  });

  it('shows the weeks by date', async () => {
    await answer([BOTANY]);

    const rows = [...page.querySelectorAll('lms-activity tr')].map(row =>
      [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent.trim()),
    );
    expect(rows).toEqual([
      ['Week of', 'Lessons', 'Quizzes'],
      ['Nov 16', '0', '0'],
      ['Nov 23', '2', '6'],
    ]);
  });

  it('shows a text instead of an empty chart', async () => {
    await answer([BOTANY], [IDLE]);

    expect(page.querySelector('lms-chart')).toBeNull();
    expect(textOf('lms-activity')).toContain('not completed a lesson');
    expect(textOf('lms-grades')).toContain('No grades yet');
  });

  it('loads the quiz grades of a course once, when expanded', async () => {
    await answer([FINISHED, BOTANY]);
    const details = page.querySelector<HTMLDetailsElement>('lms-grades details')!;
    expect(textOf('lms-grades summary')).toBe('Logic81.7%');
    http.expectNone('/api/progress/summary/?course=c3');

    details.open = true;
    const asked = await vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne('/api/progress/summary/?course=c3');
    });
    const quiz = { quiz: 'q1', lesson: 'l1', title: 'Of seeds' };
    asked.flush({
      quizzes: [
        { ...quiz, attempts: 2, grade: 72.22, passed: true },
        { ...quiz, quiz: 'q2', attempts: 1, grade: 20, passed: false },
        { ...quiz, quiz: 'q3', attempts: 0, grade: null, passed: false },
      ],
    });
    await fixture.whenStable();
    const rows = [...page.querySelectorAll('lms-quiz-grades tbody tr')].map(row =>
      [...(row as HTMLTableRowElement).cells].map(cell => cell.textContent.trim()),
    );
    expect(rows).toEqual([
      ['Of seeds', '2', '72.2%', 'Passed'],
      ['Of seeds', '1', '20%', 'Not passed yet'],
      ['Of seeds', '0', '–', 'Not attempted'],
    ]);

    details.open = false;
    details.open = true;
    await new Promise(resolve => setTimeout(resolve, 5));
    await fixture.whenStable();
  });

  it('retries after the grades failed to load', async () => {
    await answer([FINISHED]);
    page.querySelector<HTMLDetailsElement>('lms-grades details')!.open = true;
    const url = '/api/progress/summary/?course=c3';
    const asked = await vi.waitFor(() => {
      TestBed.tick();
      return http.expectOne(url);
    });
    asked.flush({}, { status: 500, statusText: '' });
    await fixture.whenStable();

    page.querySelector<HTMLElement>('lms-quiz-grades lms-load-error button')!.click();
    TestBed.tick();
    http.expectOne(url).flush({ quizzes: [] });
    await fixture.whenStable();
    expect(page.querySelector('lms-load-error')).toBeNull();
  });

  it('links users without courses to the catalog', async () => {
    await answer([]);

    expect(textOf('lms-empty-state')).toContain('You’re not enrolled in any courses yet.');
    expect(page.querySelector('lms-empty-state a')?.getAttribute('href')).toBe('/courses');
    expect(page.querySelector('lms-activity, lms-grades')).toBeNull();
  });

  it('links instructors and admins to their pages', async () => {
    await answer([]);
    const links = () =>
      [...page.querySelectorAll('.page-header a')].map(a => a.getAttribute('href'));
    expect(links()).toEqual([]);

    isInstructor.set(true);
    isAdmin.set(true);
    await fixture.whenStable();
    expect(links()).toEqual(['/studio', '/manage']);
  });

  it('shows an error and retries', async () => {
    http.expectOne('/api/dashboard/').flush({}, { status: 503, statusText: '' });
    await fixture.whenStable();

    page.querySelector<HTMLElement>('lms-load-error button')!.click();
    TestBed.tick();
    await answer([BOTANY]);
    expect(page.querySelector('lms-continue')).not.toBeNull();
  });
});
