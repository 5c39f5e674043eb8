import { httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { ApiResponse } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';

@Injectable({ providedIn: 'root' })
export class StatisticsApi {
  /** The course's statistics, as on its instructor's dashboard. */
  course(id: Signal<string>) {
    return httpResource<ApiResponse<'Dashboard'>>(() => ({
      url: '/api/dashboard/',
      params: { course: id() },
    }));
  }

  /** @param attempts `all`, or undefined for the first attempt of each student */
  quiz(id: Signal<string | undefined>, attempts: Signal<string | undefined>) {
    return httpResource<ApiResponse<'Statistics'>>(() => {
      const quiz = id();
      if (!quiz) return undefined;
      return {
        url: `/api/quizzes/${quiz}/statistics/`,
        params: definedParams({ attempts: attempts() }),
      };
    });
  }
}
