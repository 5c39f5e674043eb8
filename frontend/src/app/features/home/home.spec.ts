import { provideHttpClient, withInterceptors } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { ComponentFixture, TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';

import { errors } from '@core/http/errors';
import { Home } from './home';

const LISTED = ({ url }: { url: string }) => url === '/api/courses/';

describe('Home', () => {
  let fixture: ComponentFixture<Home>;
  let http: HttpTestingController;
  let page: HTMLElement;

  beforeEach(() => {
    localStorage.clear();
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(withInterceptors([errors])),
        provideHttpClientTesting(),
        provideRouter([]),
      ],
    });
    http = TestBed.inject(HttpTestingController);
    fixture = TestBed.createComponent(Home);
    page = fixture.nativeElement as HTMLElement;
    TestBed.tick();
  });

  it('lists the courses that many take', async () => {
    expect(page.querySelector('lms-skeleton')).not.toBeNull();
    const results = [
      { id: '1', title: 'Botany', lesson_count: 1 },
      { id: '2', title: 'Physics', lesson_count: 4 },
    ];
    http.expectOne(LISTED).flush({ count: 2, next: null, previous: null, results });
    await fixture.whenStable();

    const cards = [...page.querySelectorAll('.cards li')].map(one => one.textContent);
    expect(cards[0]).toContain('1 lesson');
    expect(cards[1]).toContain('4 lessons');
    expect(page.querySelector('.cards a')?.getAttribute('href')).toBe('/courses/1');
  });

  it('says that there are none', async () => {
    http.expectOne(LISTED).flush({ count: 0, next: null, previous: null, results: [] });
    await fixture.whenStable();

    expect(page.textContent).toContain('There are no courses yet.');
  });

  it('says what failed, with its id, and tries again', async () => {
    http
      .expectOne(LISTED)
      .flush({ detail: 'Away.', request_id: 'f00d' }, { status: 503, statusText: '' });
    await fixture.whenStable();
    expect(page.querySelector('[role=alert]')?.textContent).toContain('f00d');

    page.querySelector<HTMLElement>('[role=alert] button')?.click();
    TestBed.tick();
    http.expectOne(LISTED);
  });
});
