import { httpResource } from '@angular/common/http';
import { Injectable, computed, signal } from '@angular/core';

import { Course } from '@core/api/models';

/** The course that is open in the studio; its pages share it, and reload it when they change it. */
@Injectable()
export class CourseInStudio {
  private readonly id = signal('');
  private readonly read = httpResource<Course>(() =>
    this.id() ? `/api/courses/${this.id()}/` : undefined,
  );
  readonly course = computed(() => (this.read.hasValue() ? this.read.value() : undefined));

  open(id: string): void {
    this.id.set(id);
  }

  reload(): void {
    this.read.reload();
  }
}
