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
import { Course, Read } from './learn-models';

/** What a learner asks for; what was read once is there without the server, too. */
@Injectable({ providedIn: 'root' })
export class LessonsApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly isKnown = signal(false); // a reload has no token yet
  private readonly user = computed(() => this.session.user()?.id ?? null);

  constructor() {
    void this.session.whenReady().then(() => this.isKnown.set(true));
  }

  course(id: Signal<string>) {
    return resource({
      params: () => (this.isKnown() ? { id: id(), user: this.user() } : undefined),
      loader: ({ params: { id, user } }): Promise<Read<Course>> =>
        this.read(user, {
          fetch: () => this.fetchCourse(id, user),
          keep: (store, owner, course) => store.saveCourse(owner, id, course),
          find: (store, owner) => store.course(owner, id).then(kept => kept && { ...kept, id }),
        }),
    });
  }

  lesson(id: Signal<string | undefined>) {
    return resource({
      params: () => {
        const [wanted, user] = [id(), this.user()];
        return wanted !== undefined && this.isKnown() ? { id: wanted, user } : undefined;
      },
      loader: ({ params: { id, user } }): Promise<Read<Lesson>> =>
        this.read(user, {
          fetch: () => this.get<Lesson>(`/api/lessons/${id}/`),
          keep: (store, owner, lesson) => store.saveLesson(owner, lesson),
          find: (store, owner) => store.lesson(owner, id),
        }),
    });
  }

  summary(course: string): Promise<ProgressSummary> {
    return this.get<ProgressSummary>('/api/progress/summary/', { course }, inBackground());
  }

  /** Keeps what has become of a course, for when nobody answers. */
  keep(course: Course): void {
    void this.ifSignedIn(this.user(), (store, owner) => store.saveCourse(owner, course.id, course));
  }

  private async fetchCourse(id: string, user: string | null): Promise<Course> {
    const [{ title }, outline, summary] = await Promise.all([
      this.get<PublicCourse>(`/api/courses/${id}/`),
      this.get<Outline>(`/api/courses/${id}/lessons/`),
      this.fetchSummary(id, user),
    ]);
    return { id, title, outline, summary };
  }

  /** One's place in the course says it without a refusal, where there is none. */
  private async fetchSummary(
    course: string,
    student: string | null,
  ): Promise<ProgressSummary | null> {
    if (student === null) return null;
    const params = { course, student, expand: 'progress' };
    const places = await this.get<Page<Enrollment>>('/api/enrollments/', params);
    return places.results[0]?.progress ?? null;
  }

  private async read<Value>(
    user: string | null,
    from: {
      fetch: () => Promise<Value>;
      keep: (store: OfflineStore, owner: string, value: Value) => Promise<void>;
      find: (store: OfflineStore, owner: string) => Promise<Value | undefined>;
    },
  ): Promise<Read<Value>> {
    try {
      const value = await from.fetch();
      void this.ifSignedIn(user, (store, owner) => from.keep(store, owner, value));
      return { value, isKept: false };
    } catch (error) {
      const kept = isOffline(error) ? await this.ifSignedIn(user, from.find) : undefined;
      if (kept === undefined) throw error;
      return { value: kept, isKept: true };
    }
  }

  /** A browser that keeps nothing is one on which lessons are not there offline. */
  private async ifSignedIn<Kept>(
    user: string | null,
    work: (store: OfflineStore, owner: string) => Promise<Kept>,
  ): Promise<Kept | undefined> {
    try {
      const { offlineStore: store } = await import('@core/offline/offline-store');
      return user !== null && user === this.user() ? await work(store, user) : undefined;
    } catch {
      return undefined;
    }
  }

  private get<Answer>(
    url: string,
    params: Record<string, string> = {},
    context = new HttpContext(),
  ): Promise<Answer> {
    return firstValueFrom(this.http.get<Answer>(url, { params, context }));
  }
}
