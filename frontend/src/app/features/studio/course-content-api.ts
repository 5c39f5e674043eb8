import { httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { ApiResponse, EMPTY_PAGE, Outline, Page } from '@core/api/models';

/** Reads the lessons and the quizzes of a course, which several pages of the studio show. */
@Injectable({ providedIn: 'root' })
export class CourseContentApi {
  outline(course: Signal<string>) {
    return httpResource<Outline>(() => `/api/courses/${course()}/lessons/`);
  }

  /** The quizzes, each with the problems that keep it from being taken. */
  quizzes(course: Signal<string>) {
    return httpResource<Page<ApiResponse<'Quiz'>>>(
      () => ({ url: '/api/quizzes/', params: { course: course(), page_size: 100 } }),
      { defaultValue: EMPTY_PAGE },
    );
  }
}
