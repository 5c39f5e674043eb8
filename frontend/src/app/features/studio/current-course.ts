import { httpResource } from '@angular/common/http';
import { Injectable, computed, signal } from '@angular/core';

import { Course } from '@core/api/models';

/** The course that is open in the studio. Its pages share it and reload it after changing it. */
@Injectable()
export class CurrentCourse {
  private readonly id = signal('');
  private readonly resource = httpResource<Course>(() =>
    this.id() ? `/api/courses/${this.id()}/` : undefined,
  );
  readonly course = computed(() => (this.resource.hasValue() ? this.resource.value() : undefined));

  open(id: string): void {
    this.id.set(id);
  }

  reload(): void {
    this.resource.reload();
  }
}
