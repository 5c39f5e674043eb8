import { HttpClient } from '@angular/common/http';
import { Injectable, Signal, inject, resource } from '@angular/core';
import { Observable, firstValueFrom } from 'rxjs';

import { Course, Lesson, Outline, Page, Place } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { KeptCourse } from '@core/offline/store';

/** Whether it comes from the server or, while that is away, from the device. */
export interface Read<Value> {
  readonly value: Value;
  readonly isKept: boolean;
}

@Injectable({ providedIn: 'root' })
export class LearnApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  /** A course's title and outline, and one's own place in it where there is one. */
  course(id: Signal<string>) {
    return resource({
      params: () => ({ id: id(), user: this.session.user()?.id }),
      loader: ({ params }) =>
        this.read(
          () => this.fetchCourse(params.id, params.user),
          (store, user) => store.course(user, params.id),
          (store, user, course) => store.keepCourse(user, params.id, course),
        ),
    });
  }

  lesson(id: Signal<string | undefined>) {
    return resource({
      params: () => {
        const wanted = id();
        return wanted ? { id: wanted, user: this.session.user()?.id } : undefined;
      },
      loader: ({ params }) =>
        this.read<Lesson>(
          () => first(this.http.get<Lesson>(`/api/lessons/${params.id}/`)),
          (store, user) => store.lesson(user, params.id),
          (store, user, lesson) => store.keepLesson(user, lesson),
        ),
    });
  }

  private async fetchCourse(id: string, user: string | undefined): Promise<KeptCourse> {
    const [course, outline, place] = await Promise.all([
      first(this.http.get<Course>(`/api/courses/${id}/`)),
      first(this.http.get<Outline>(`/api/courses/${id}/lessons/`)),
      user ? this.fetchPlace(id, user) : null,
    ]);
    return { title: course.title, outline, place };
  }

  private async fetchPlace(course: string, student: string): Promise<Place | null> {
    const params = { course, student, expand: 'progress' };
    const page = await first(this.http.get<Page<Place>>('/api/enrollments/', { params }));
    return page.results[0] ?? null;
  }

  /** Fetches and keeps it; where the server cannot be reached, takes what was kept before. */
  private async read<Value>(
    fetch: () => Promise<Value>,
    take: (store: Store, user: string) => Promise<Value | undefined>,
    keep: (store: Store, user: string, value: Value) => Promise<void>,
  ): Promise<Read<Value>> {
    await this.session.restored();
    const user = this.session.user()?.id;
    try {
      const value = await fetch();
      if (user)
        void openStore()
          .then(store => keep(store, user, value))
          .catch(() => undefined);
      return { value, isKept: false };
    } catch (error) {
      const isAway = error instanceof ApiError && error.status === 0;
      const kept = isAway && user ? await take(await openStore(), user) : undefined;
      if (kept === undefined) throw error;
      return { value: kept, isKept: true };
    }
  }
}

type Store = (typeof import('@core/offline/store'))['store'];

async function openStore(): Promise<Store> {
  return (await import('@core/offline/store')).store;
}

function first<Value>(answer: Observable<Value>): Promise<Value> {
  return firstValueFrom(answer);
}
