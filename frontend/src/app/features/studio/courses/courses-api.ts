import { httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';

import { Course, EMPTY_PAGE, Page } from '@core/api/models';
import { Session } from '@core/auth/session';

@Injectable({ providedIn: 'root' })
export class CoursesApi {
  private readonly session = inject(Session);

  /** One's own courses; an admin's are all that there are. */
  mine() {
    return httpResource<Page<Course>>(
      () => {
        const user = this.session.user();
        if (!user) return undefined;
        return {
          url: '/api/courses/',
          params: { ordering: 'title', ...(user.is_admin ? {} : { instructor: user.id }) },
        };
      },
      { defaultValue: EMPTY_PAGE },
    );
  }

  one(id: Signal<string>) {
    return httpResource<Course>(() => `/api/courses/${id()}/`);
  }
}
