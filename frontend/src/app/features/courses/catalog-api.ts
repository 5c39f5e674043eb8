import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { Course, EMPTY_PAGE, Outline, Page, Enrollment } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';
import { Session } from '@core/auth/session';
import { withoutToken } from '@core/http/contexts';

/** Filters of the catalog under the API's names. */
export interface CourseFilters {
  readonly search?: string;
  readonly category?: string;
  readonly free?: string;
  readonly ordering?: string;
  readonly page?: string;
}

/** A course with its instructor and category expanded. */
export interface CourseDetail extends Omit<Course, 'instructor' | 'category'> {
  readonly instructor: Instructor | null;
  readonly category: { readonly id: string; readonly name: string } | null;
}

export interface Instructor {
  readonly id: string;
  readonly username: string;
  readonly bio: string;
  readonly profile_picture: string | null;
}

@Injectable({ providedIn: 'root' })
export class CatalogApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  /** The public catalog, fetched without the token so that it can be cached for offline use. */
  list(filters: Signal<CourseFilters>) {
    return httpResource<Page<Course>>(
      () => ({
        url: '/api/courses/',
        params: { published: 'true', ...definedParams({ ...filters() }) },
        context: withoutToken(),
      }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  course(id: Signal<string>) {
    return httpResource<CourseDetail>(() => `/api/courses/${id()}/?expand=instructor,category`);
  }

  outline(id: Signal<string>) {
    return httpResource<Outline>(() => `/api/courses/${id()}/lessons/`);
  }

  /** The enrollment of the current user: a page of at most one. */
  enrollment(course: Signal<string>) {
    return httpResource<Page<Enrollment>>(
      () => {
        const student = this.session.user()?.id;
        if (!student) return undefined;
        const params = { course: course(), student, expand: 'progress' };
        return { url: '/api/enrollments/', params };
      },
      { defaultValue: EMPTY_PAGE },
    );
  }

  enroll(course: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/enrollments/', { course }));
  }

  leave(enrollment: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/enrollments/${enrollment}/`));
  }
}
