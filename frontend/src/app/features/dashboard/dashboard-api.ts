import { httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { ApiResponse } from '@core/api/models';

export type EnrolledCourse = ApiResponse<'CourseFollowed'>;
export type Week = ApiResponse<'Activity'>;

@Injectable({ providedIn: 'root' })
export class DashboardApi {
  read() {
    return httpResource<ApiResponse<'Dashboard'>>(() => '/api/dashboard/');
  }

  summary(course: Signal<string>) {
    return httpResource<ApiResponse<'Summary'>>(() => ({
      url: '/api/progress/summary/',
      params: { course: course() },
    }));
  }
}
