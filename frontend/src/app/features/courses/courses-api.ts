import { HttpParams, httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { Course, EMPTY_PAGE, Page } from '@core/api/models';

/** Everything the app says to `/api/courses/`: reads are resources, writes are observables. */
@Injectable({ providedIn: 'root' })
export class CoursesApi {
  list(search: Signal<string>) {
    return httpResource<Page<Course>>(
      () => ({ url: '/api/courses/', params: new HttpParams({ fromObject: words(search()) }) }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  one(id: Signal<string>) {
    return httpResource<Course>(() => `/api/courses/${id()}/`);
  }
}

function words(search: string): Record<string, string> {
  return search ? { search } : {};
}
