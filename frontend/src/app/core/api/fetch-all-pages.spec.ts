import { HttpClient, provideHttpClient } from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { TestBed } from '@angular/core/testing';

import { fetchAllPages } from './fetch-all-pages';

describe('fetchAllPages', () => {
  it('fetches up to the last page', async () => {
    TestBed.configureTestingModule({
      providers: [provideHttpClient(), provideHttpClientTesting()],
    });
    const http = TestBed.inject(HttpTestingController);
    const rows = fetchAllPages<number>(TestBed.inject(HttpClient), '/api/x/', { course: 'c' });

    const first = { count: 3, next: '/api/x/?page=2', previous: null, results: [1, 2] };
    http.expectOne('/api/x/?course=c&page=1&page_size=100').flush(first);
    const last = { count: 3, next: null, previous: null, results: [3] };
    (await vi.waitFor(() => http.expectOne('/api/x/?course=c&page=2&page_size=100'))).flush(last);

    expect(await rows).toEqual([1, 2, 3]);
  });
});
