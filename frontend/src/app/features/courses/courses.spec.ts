import { TestBed } from '@angular/core/testing';
import { Meta, Title } from '@angular/platform-browser';

import { ADA, ADMIN, pageOf, visit } from '@testing';
import { routes } from './courses.routes';

const ROUTES = [{ path: 'courses', children: routes }];
const BOTANY = {
  id: '1',
  title: 'Botany',
  description: 'Plants,\nand how they live.',
  instructor: { id: 'grace', username: 'grace', bio: 'Knows plants.', profile_picture: '/g.webp' },
  category: { id: 'c', name: 'Nature' },
  image: null,
  image_small: null,
  price: '19.90',
  published: true,
  lesson_count: 2,
  enrollment_count: 3,
};
const OUTLINE = [
  { id: 'a', title: 'Roots', position: 1, duration_minutes: 10, is_preview: true },
  { id: 'b', title: 'Leaves', position: 2, duration_minutes: 20, is_preview: false },
];
const ENROLLMENT = {
  id: 'e',
  milestones: [],
  progress: {
    total: 2,
    completed: 1,
    completed_lessons: ['a'],
    percentage: 50,
    next_lesson: { id: 'b', title: 'Leaves' },
    grade: 80,
    quizzes: [{ quiz: 'q', lesson: 'a', title: 'Which roots?', grade: 80, passed: true }],
  },
};

describe('CourseList', () => {
  it('requests the filters of the URL', async () => {
    const { page, answer, text } = await visit(
      ROUTES,
      '/courses?search=botany&category=c&free=true&ordering=title&page=2',
    );
    await answer('GET', '/api/categories/', pageOf(BOTANY.category));
    const request = await answer('GET', '/api/courses/', { ...pageOf(BOTANY), count: 21 });

    expect(request.urlWithParams).toBe(
      '/api/courses/?published=true&search=botany&category=c&free=true&ordering=title&page=2',
    );
    expect(page.querySelector('lms-course-card a')?.getAttribute('href')).toBe('/courses/1');
    expect(text()).toContain('21 courses');
    expect(text()).toContain('Page 2 of 2');
  });

  it('writes a filter to the URL and resets the page', async () => {
    const { answer, type, url } = await visit(ROUTES, '/courses?search=botany&page=2');
    await answer('GET', '/api/courses/', pageOf(BOTANY));
    await type('select:has(option[value=title])', 'title', 'change');

    expect(url()).toBe('/courses?search=botany&ordering=title');
    await answer('GET', '/api/courses/?published=true&search=botany&ordering=title', pageOf());
  });

  it('keeps the previous results until new ones arrive', async () => {
    const { page, answer, type, text } = await visit(ROUTES, '/courses');
    expect(page.querySelector('lms-skeleton')).not.toBeNull();
    await answer('GET', '/api/courses/', pageOf(BOTANY));
    await type('select:has(option[value=title])', 'title', 'change');

    expect(page.querySelector('.stale')?.textContent).toContain('Botany');
    await answer('GET', '/api/courses/?published=true&ordering=title', pageOf());
    expect(page.querySelector('.stale')).toBeNull();
    expect(text()).not.toContain('Botany');
  });

  it('links back to all courses when filtered', async () => {
    const all = await visit(ROUTES, '/courses?ordering=title');
    await all.answer('GET', '/api/courses/', pageOf(BOTANY));
    expect(all.text()).not.toContain('Show all courses');

    TestBed.resetTestingModule();
    const some = await visit(ROUTES, '/courses?free=true');
    await some.answer('GET', '/api/courses/', pageOf(BOTANY));
    expect(some.find('a', 'Show all courses').getAttribute('href')).toBe('/courses');
  });

  it('moves the focus to the heading on the next page', async () => {
    const { page, answer, find, settle } = await visit(ROUTES, '/courses');
    document.body.append(page);
    await answer('GET', '/api/courses/', { ...pageOf(BOTANY), count: 21 });
    const heading = page.querySelector('h1');
    const next = find('a', 'Next');
    document.body.replaceChildren(Object.assign(document.createElement('main'), { id: 'main' }));
    document.querySelector('main')?.append(page);
    next.focus();
    next.click();
    await settle();

    expect(document.activeElement).toBe(heading);
    page.remove();
  });

  it('shows an empty state or the error of the URL', async () => {
    const { answer, text } = await visit(ROUTES, '/courses?search=nix');
    await answer('GET', '/api/courses/', pageOf());
    expect(text()).toContain('No courses found.');

    TestBed.resetTestingModule();
    const bad = await visit(ROUTES, '/courses?category=nix');
    await bad.answer('GET', '/api/courses/', { category: ['No id.'] }, { status: 400 });
    expect(bad.text()).toContain('Show all courses');
  });
});

describe('CoursePage', () => {
  async function open(user: typeof ADA | null, place: object | null, course: object = BOTANY) {
    const visited = await visit(ROUTES, '/courses/1?enroll=1', user);
    await visited.answer('GET', '/api/courses/1/?expand=instructor,category', course);
    await visited.answer('GET', '/api/courses/1/lessons/', OUTLINE);
    if (user) await visited.answer('GET', '/api/enrollments/', place ? pageOf(place) : pageOf());
    return visited;
  }

  it('shows the course to a visitor and sends them to sign in and back', async () => {
    const { page, text, find } = await open(null, null);

    expect(page.querySelector('h1')?.textContent).toBe('Botany');
    expect(TestBed.inject(Title).getTitle()).toBe('Botany · Learning');
    expect(TestBed.inject(Meta).getTag('name=description')?.content).toBe(
      'Plants, and how they live.',
    );
    for (const fact of ['19.90', '30 min', 'By grace', 'Knows plants.', 'Nature', 'Preview']) {
      expect(text()).toContain(fact);
    }
    expect([...page.querySelectorAll('.outline a')].map(a => a.getAttribute('href'))).toEqual([
      '/learn/1/a',
    ]);
    const enroll = find('a', 'Enroll');
    expect(enroll.getAttribute('href')).toBe('/login?next=%2Fcourses%2F1%3Fenroll%3D1');
  });

  it('enrolls and opens the first lesson', async () => {
    const { click, answer, url, snackbar, page } = await open(ADA, null);
    expect(document.activeElement === null || page.textContent?.includes('Enroll')).toBe(true);
    await click('Enroll');
    const request = await answer('POST', '/api/enrollments/', {}, { status: 201 });

    expect(request.body).toEqual({ course: '1' });
    expect(snackbar.show).toHaveBeenCalled();
    expect(url()).toBe('/learn/1');
  });

  it('offers no action until the enrollment is known', async () => {
    const { answer, text } = await visit(ROUTES, '/courses/1', ADA);
    await answer('GET', '/api/courses/1/?expand=instructor,category', BOTANY);
    expect(text()).not.toContain('Enroll');

    await answer('GET', '/api/enrollments/', pageOf(ENROLLMENT));
    expect(text()).toContain('Continue');
  });

  it('shows why enrolling failed', async () => {
    const { click, answer, report } = await open(ADA, null);
    await click('Enroll');
    await answer('POST', '/api/enrollments/', { code: 'already_enrolled' }, { status: 400 });

    expect(report).toHaveBeenCalledWith(expect.objectContaining({ code: 'already_enrolled' }));
    await answer('GET', '/api/enrollments/', pageOf(ENROLLMENT));
  });

  it('shows the enrollment and leaves the course after confirmation', async () => {
    const { page, text, click, answer, ask, find } = await open(ADA, ENROLLMENT);
    expect(text()).toContain('1 of 2 lessons');
    expect(text()).toContain('Which roots?');
    expect(text()).toContain('Your grade in this course: 80%');
    expect(find('a', 'Continue').getAttribute('href')).toBe('/learn/1');
    expect(page.querySelectorAll('.tick.done')).toHaveLength(1);
    expect(page.querySelector('.outline .next')?.textContent).toContain('Leaves');

    await click('Leave course');
    expect(ask).toHaveBeenCalled();
    await answer('DELETE', '/api/enrollments/e/', null, { status: 204 });
    await answer('GET', '/api/enrollments/', pageOf());
    await answer('GET', '/api/courses/1/', BOTANY);
    expect(text()).toContain('Enroll');
  });

  it('stays enrolled when not confirmed or when leaving fails', async () => {
    const { click, answer, ask, report, http } = await open(ADA, ENROLLMENT);
    ask.mockResolvedValueOnce(false);
    await click('Leave course');
    http.expectNone('/api/enrollments/e/');

    await click('Leave course');
    await answer('DELETE', '/api/enrollments/e/', {}, { status: 503 });
    expect(report).toHaveBeenCalled();
  });

  it('links instructors to the studio and allows no enrollment in a draft', async () => {
    const { text, find } = await open(ADMIN, null, { ...BOTANY, published: false, price: '0.00' });

    expect(find('a', 'Edit in Studio').getAttribute('href')).toBe('/studio/courses/1');
    expect(text()).toContain('Draft');
    expect(text()).toContain('Free');
    expect(text()).toContain('Enrollment opens when the course is published.');
  });

  it('shows a missing course or the error', async () => {
    const { answer, text } = await visit(ROUTES, '/courses/1', null);
    await answer('GET', '/api/courses/1/?expand', {}, { status: 404 });
    expect(text()).toContain('Course not found');

    TestBed.resetTestingModule();
    const away = await visit(ROUTES, '/courses/1', null);
    await away.answer('GET', '/api/courses/1/?expand', {}, { status: 503 });
    expect(away.text()).toContain('Try again');
  });
});
