import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { allPages } from '@core/api/all-pages';
import { EMPTY_PAGE, Page, Place } from '@core/api/models';
import { given } from '@core/api/params';

/** A student's place in a course, with their card; null where they have erased themselves. */
export interface Student extends Place {
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
    return allPages<Student>(this.http, '/api/enrollments/', paramsOf(course, {}));
  }

  grant(course: string, username: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/enrollments/', { course, username }));
  }

  revoke(enrollment: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/enrollments/${enrollment}/`));
  }
}

function paramsOf(course: string, wanted: Readonly<Record<string, string | undefined>>) {
  return given({ course, expand: 'student,progress', ...wanted });
}
