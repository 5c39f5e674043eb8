import { provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';
import { Title } from '@angular/platform-browser';
import { Router, provideRouter, withComponentInputBinding } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { routes } from './courses.routes';

describe('courses', () => {
  async function open(url: string) {
    TestBed.configureTestingModule({
      providers: [
        provideHttpClient(),
        provideHttpClientTesting(),
        provideRouter([{ path: 'courses', children: routes }], withComponentInputBinding()),
      ],
    });
    const harness = await RouterTestingHarness.create(url);
    const http = TestBed.inject(HttpTestingController);
    return { harness, http, page: harness.fixture.nativeElement as HTMLElement };
  }

  it('searches by what the address says, and puts a new search there', async () => {
    const { harness, http, page } = await open('/courses?search=botany');
    http
      .expectOne('/api/courses/?search=botany')
      .flush({ count: 1, next: null, previous: null, results: [{ id: '1', title: 'Botany' }] });
    await harness.fixture.whenStable();
    expect(page.querySelector('li a')?.getAttribute('href')).toBe('/courses/1');

    const box = page.querySelector<HTMLInputElement>('input[type=search]')!;
    box.value = '';
    box.dispatchEvent(new Event('change'));
    await new Promise(resolve => setTimeout(resolve, 5));
    TestBed.tick();
    expect(TestBed.inject(Router).url).toBe('/courses');
    http.expectOne('/api/courses/');
  });

  it('titles a course’s page by the course', async () => {
    const { harness, http, page } = await open('/courses/1');
    http.expectOne('/api/courses/1/').flush({ id: '1', title: 'Botany', description: 'Plants.' });
    await harness.fixture.whenStable();

    expect(page.querySelector('h1')?.textContent).toBe('Botany');
    expect(TestBed.inject(Title).getTitle()).toBe('Botany · Learning');
  });
});
