import { HttpClient, HttpContext } from '@angular/common/http';
import { Injectable, Signal, computed, inject, resource, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import {
  Course as PublicCourse,
  Lesson,
  Outline,
  Page,
  Enrollment,
  ProgressSummary,
} from '@core/api/models';
import { Session } from '@core/auth/session';
import { inBackground } from '@core/http/contexts';
import { isOffline } from '@core/offline/lesson-completions';
import type { OfflineStore } from '@core/offline/offline-store';
import { Course, Loaded } from './learn-models';

/** Loads courses and lessons, and stores them on the device for offline use. */
@Injectable({ providedIn: 'root' })
export class LessonsApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly isSessionReady = signal(false);
  private readonly user = computed(() => this.session.user()?.id ?? null);

  constructor() {
    void this.session.whenReady().then(() => this.isSessionReady.set(true));
  }

  course(id: Signal<string>) {
    return resource({
      params: () => (this.isSessionReady() ? { id: id(), user: this.user() } : undefined),
      loader: ({ params: { id, user } }): Promise<Loaded<Course>> =>
        this.read(user, {
          fetch: () => this.fetchCourse(id, user),
          save: (store, owner, course) => store.saveCourse(owner, id, course),
          load: (store, owner) =>
            store.course(owner, id).then(stored => stored && { ...stored, id }),
        }),
    });
  }

  lesson(id: Signal<string | undefined>) {
    return resource({
      params: () => {
        const [lesson, user] = [id(), this.user()];
        return lesson !== undefined && this.isSessionReady() ? { id: lesson, user } : undefined;
      },
      loader: ({ params: { id, user } }): Promise<Loaded<Lesson>> =>
        this.read(user, {
          fetch: () => this.get<Lesson>(`/api/lessons/${id}/`),
          save: (store, owner, lesson) => store.saveLesson(owner, lesson),
          load: (store, owner) => store.lesson(owner, id),
        }),
    });
  }

  summary(course: string): Promise<ProgressSummary> {
    return this.get<ProgressSummary>('/api/progress/summary/', { course }, inBackground());
  }

  /** Stores a changed course for offline use. */
  save(course: Course): void {
    void this.withStore(this.user(), (store, owner) => store.saveCourse(owner, course.id, course));
  }

  private async fetchCourse(id: string, user: string | null): Promise<Course> {
    const [{ title }, outline, summary] = await Promise.all([
      this.get<PublicCourse>(`/api/courses/${id}/`),
      this.get<Outline>(`/api/courses/${id}/lessons/`),
      this.fetchSummary(id, user),
    ]);
    return { id, title, outline, summary };
  }

  /** The enrollment has the summary; without one the list is empty instead of an error. */
  private async fetchSummary(
    course: string,
    student: string | null,
  ): Promise<ProgressSummary | null> {
    if (student === null) return null;
    const params = { course, student, expand: 'progress' };
    const enrollments = await this.get<Page<Enrollment>>('/api/enrollments/', params);
    return enrollments.results[0]?.progress ?? null;
  }

  private async read<Value>(
    user: string | null,
    from: {
      fetch: () => Promise<Value>;
      save: (store: OfflineStore, owner: string, value: Value) => Promise<void>;
      load: (store: OfflineStore, owner: string) => Promise<Value | undefined>;
    },
  ): Promise<Loaded<Value>> {
    try {
      const value = await from.fetch();
      void this.withStore(user, (store, owner) => from.save(store, owner, value));
      return { value, isOfflineCopy: false };
    } catch (error) {
      const stored = isOffline(error) ? await this.withStore(user, from.load) : undefined;
      if (stored === undefined) throw error;
      return { value: stored, isOfflineCopy: true };
    }
  }

  /** Ignores storage errors: such a browser has no offline lessons. */
  private async withStore<Value>(
    user: string | null,
    task: (store: OfflineStore, owner: string) => Promise<Value>,
  ): Promise<Value | undefined> {
    try {
      const { offlineStore: store } = await import('@core/offline/offline-store');
      return user !== null && user === this.user() ? await task(store, user) : undefined;
    } catch {
      return undefined;
    }
  }

  private get<Body>(
    url: string,
    params: Record<string, string> = {},
    context = new HttpContext(),
  ): Promise<Body> {
    return firstValueFrom(this.http.get<Body>(url, { params, context }));
  }
}
