import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';

import { Course } from '@core/api/models';
import { CourseCard } from './course-card';

const BOTANY = {
  id: '1',
  title: 'Botany',
  image_small: null,
  lesson_count: 1,
  enrollment_count: 12,
  price: '0.00',
} as Course;

describe('CourseCard', () => {
  async function shown(course: Course) {
    TestBed.configureTestingModule({ providers: [provideRouter([])] });
    const fixture = TestBed.createComponent(CourseCard);
    fixture.componentRef.setInput('course', course);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }

  it('links to the course and shows its facts', async () => {
    const card = await shown(BOTANY);

    expect(card.querySelector('a')?.getAttribute('href')).toBe('/courses/1');
    expect(card.querySelector('[role=heading]')?.getAttribute('aria-level')).toBe('2');
    for (const fact of ['1 lesson', '12 students', 'Free']) {
      expect(card.textContent).toContain(fact);
    }
  });

  it('shows the price of a paid course', async () => {
    expect((await shown({ ...BOTANY, price: '1019.90' })).textContent).toContain('1,019.90');
  });
});
