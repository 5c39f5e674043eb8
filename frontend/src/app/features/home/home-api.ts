import { httpResource } from '@angular/common/http';
import { Injectable } from '@angular/core';

import { Course, EMPTY_PAGE, Page } from '@core/api/models';
import { withoutToken } from '@core/http/contexts';

@Injectable({ providedIn: 'root' })
export class HomeApi {
  /** The courses that most people take. */
  featured(count: number) {
    return httpResource<Page<Course>>(
      () => ({
        url: '/api/courses/',
        params: { ordering: '-enrollment_count', page_size: count },
        context: withoutToken(),
      }),
      { defaultValue: EMPTY_PAGE },
    );
  }
}
