import { httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { Answered } from '@core/api/models';

export type Followed = Answered<'CourseFollowed'>;
export type Week = Answered<'Activity'>;

/** How one's learning stands. */
@Injectable({ providedIn: 'root' })
export class DashboardApi {
  read() {
    return httpResource<Answered<'Dashboard'>>(() => '/api/dashboard/');
  }

  summary(course: Signal<string>) {
    return httpResource<Answered<'Summary'>>(() => ({
      url: '/api/progress/summary/',
      params: { course: course() },
    }));
  }
}
