import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { fetchAllPages } from '@core/api/fetch-all-pages';
import { EMPTY_PAGE, Enrollment, Page } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';

/** Twenty enrollments with their progress always fit on a page, a hundred do not. */
const PROGRESS_PAGE_SIZE = 20;

/** An enrollment with its student, who is null if the account was deleted. */
export interface StudentEnrollment extends Enrollment {
  readonly student: { readonly id: string; readonly username: string } | null;
}

@Injectable({ providedIn: 'root' })
export class StudentsApi {
  private readonly http = inject(HttpClient);

  list(course: Signal<string>, filters: Signal<Readonly<Record<string, string | undefined>>>) {
    return httpResource<Page<StudentEnrollment>>(
      () => ({ url: '/api/enrollments/', params: queryParams(course(), filters()) }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  listAll(course: string): Promise<readonly StudentEnrollment[]> {
    return fetchAllPages<StudentEnrollment>(this.http, '/api/enrollments/', {
      ...queryParams(course, {}),
      page_size: PROGRESS_PAGE_SIZE,
    });
  }

  enroll(course: string, username: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/enrollments/', { course, username }));
  }

  unenroll(enrollment: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/enrollments/${enrollment}/`));
  }
}

function queryParams(course: string, filters: Readonly<Record<string, string | undefined>>) {
  return definedParams({ course, expand: 'student,progress', ...filters });
}
