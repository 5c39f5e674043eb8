import { httpResource } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';

import { ApiResponse, Course, EMPTY_PAGE, Page } from '@core/api/models';
import { Session } from '@core/auth/session';
import { withoutToken } from '@core/http/contexts';

@Injectable({ providedIn: 'root' })
export class HomeApi {
  private readonly session = inject(Session);

  /** The courses with the most students. */
  featured(count: number) {
    return httpResource<Page<Course>>(
      () => ({
        url: '/api/courses/',
        params: { published: 'true', ordering: '-enrollment_count', page_size: count },
        context: withoutToken(),
      }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  /** The dashboard of the current user. */
  dashboard() {
    return httpResource<ApiResponse<'Dashboard'>>(() =>
      this.session.isSignedIn() ? '/api/dashboard/' : undefined,
    );
  }
}
