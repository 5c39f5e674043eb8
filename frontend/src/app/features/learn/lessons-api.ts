import { httpResource } from '@angular/common/http';
import { Injectable, Signal } from '@angular/core';

import { Answered } from '@core/api/models';

@Injectable({ providedIn: 'root' })
export class LessonsApi {
  outline(course: Signal<string>) {
    return httpResource<readonly Answered<'Outline'>[]>(() => `/api/courses/${course()}/lessons/`, {
      defaultValue: [],
    });
  }
}
