import { ADA, pageOf, visit } from '@testing';
import { Home } from './home';

const COURSES = '/api/courses/';
const ROUTES = [{ path: '', component: Home }];

describe('Home', () => {
  it('lists popular courses and the categories', async () => {
    const { page, answer, text } = await visit(ROUTES, '/', null);
    expect(page.querySelector('lms-skeleton')).not.toBeNull();
    const botany = { id: '1', title: 'Botany', lesson_count: 1, enrollment_count: 2, price: '0' };
    const request = await answer('GET', COURSES, pageOf(botany, { ...botany, id: '2' }));
    const nature = { id: 'c', name: 'Nature', course_count: 2 };
    const empty = { id: 'd', name: 'Nothing yet', course_count: 0 };
    await answer('GET', '/api/categories/', pageOf(nature, empty));

    expect(request.params.get('ordering')).toBe('-enrollment_count');
    expect(page.querySelectorAll('lms-course-card')).toHaveLength(2);
    expect(page.querySelector('.categories a')?.getAttribute('href')).toBe('/courses?category=c');
    expect(text()).toContain('How it works');
    expect(text()).toContain('Register');
    expect(text()).not.toContain('Nothing yet');
  });

  it('shows that there are no courses', async () => {
    const { answer, text } = await visit(ROUTES, '/', null);
    await answer('GET', COURSES, pageOf());

    expect(text()).toContain('There are no courses yet.');
  });

  it('shows an error with its request ID and retries', async () => {
    const { page, answer, click } = await visit(ROUTES, '/', null);
    await answer('GET', COURSES, { detail: 'Away.', request_id: 'f00d' }, { status: 503 });
    expect(page.querySelector('[role=alert]')?.textContent).toContain('f00d');

    await click('Try again');
    await answer('GET', COURSES, pageOf());
  });

  it('links signed-in users to where they left off', async () => {
    const { page, answer } = await visit(ROUTES, '/', ADA);
    expect(page.querySelector('.aside')?.localName).toBe('lms-skeleton');
    const next_lesson = { id: 'l', title: 'Roots' };
    const courses = [
      { course: '1', title: 'Done', percentage: 100, next_lesson: null },
      { course: '2', title: 'Botany', percentage: 40, next_lesson },
    ];
    await answer('GET', '/api/dashboard/', { student: { courses, activity: [], unread: 0 } });

    const aside = page.querySelector('.aside');
    expect(aside?.querySelector('a')?.getAttribute('href')).toBe('/learn/2');
    expect(aside?.textContent).toContain('Next: Roots');
  });

  it('explains how it works to users who have not started', async () => {
    const { answer, text } = await visit(ROUTES, '/', ADA);
    await answer('GET', '/api/dashboard/', { student: { courses: [], activity: [], unread: 0 } });

    expect(text()).toContain('How it works');
  });
});
