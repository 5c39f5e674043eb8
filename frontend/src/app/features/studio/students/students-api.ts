import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { fetchAllPages } from '@core/api/fetch-all-pages';
import { EMPTY_PAGE, Page, Enrollment } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';

/** A student's place in a course, with their card; null where they have erased themselves. */
export interface Student extends Enrollment {
  readonly student: { readonly id: string; readonly username: string } | null;
}

@Injectable({ providedIn: 'root' })
export class StudentsApi {
  private readonly http = inject(HttpClient);

  of(course: Signal<string>, wanted: Signal<Readonly<Record<string, string | undefined>>>) {
    return httpResource<Page<Student>>(
      () => ({ url: '/api/enrollments/', params: paramsOf(course(), wanted()) }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  all(course: string): Promise<readonly Student[]> {
    return fetchAllPages<Student>(this.http, '/api/enrollments/', paramsOf(course, {}));
  }

  grant(course: string, username: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/enrollments/', { course, username }));
  }

  revoke(enrollment: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/enrollments/${enrollment}/`));
  }
}

function paramsOf(course: string, wanted: Readonly<Record<string, string | undefined>>) {
  return definedParams({ course, expand: 'student,progress', ...wanted });
}
