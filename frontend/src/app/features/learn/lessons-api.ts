import { HttpClient, HttpContext } from '@angular/common/http';
import { Injectable, Signal, computed, inject, resource, signal } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { Course as PublicCourse, Page } from '@core/api/models';
import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { inBackground } from '@core/http/contexts';
import { Course, Lesson, Mark, OutlineLesson, Read, Summary } from './learn-models';
import { Offline } from './offline';

const AWAY = [0, 502, 503, 504];

/** Says whether nobody answered, rather than refused. */
export function isAway(error: unknown): boolean {
  return error instanceof ApiError && AWAY.includes(error.status);
}

/** What a learner asks for; what was read once is there without the server, too. */
@Injectable({ providedIn: 'root' })
export class LessonsApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);
  private readonly offline = inject(Offline);
  private readonly isKnown = signal(false); // a reload has no token yet
  private readonly user = computed(() => this.session.user()?.id ?? null);

  constructor() {
    void this.session.restored().then(() => this.isKnown.set(true));
  }

  course(id: Signal<string>) {
    return resource({
      params: () => (this.isKnown() ? { id: id(), user: this.user() } : undefined),
      loader: ({ params }): Promise<Read<Course>> =>
        read({
          fetch: () => this.fetchCourse(params.id),
          keep: course => this.offline.keepCourse(course),
          find: () => this.offline.course(params.id),
        }),
    });
  }

  lesson(id: Signal<string | undefined>) {
    return resource({
      params: () => {
        const [wanted, user] = [id(), this.user()];
        return wanted !== undefined && this.isKnown() ? { id: wanted, user } : undefined;
      },
      loader: ({ params }): Promise<Read<Lesson>> =>
        read({
          fetch: () => this.get<Lesson>(`/api/lessons/${params.id}/`),
          keep: lesson => this.offline.keepLesson(lesson),
          find: () => this.offline.lesson(params.id),
        }),
    });
  }

  /** Keeps what has become of a course, for when nobody answers. */
  keep(course: Course): void {
    void this.offline.keepCourse(course);
  }

  summary(course: string): Promise<Summary> {
    return this.get<Summary>('/api/progress/summary/', { course }, inBackground());
  }

  /** @throws ApiError: it was refused, or nobody answered */
  async mark({ lesson, completed }: Mark, key: string): Promise<void> {
    await firstValueFrom(
      this.http.post(
        '/api/progress/',
        { lesson, completed },
        { headers: { 'Idempotency-Key': key }, context: inBackground() },
      ),
    );
  }

  private async fetchCourse(id: string): Promise<Course> {
    const [{ title }, outline, summary] = await Promise.all([
      this.get<PublicCourse>(`/api/courses/${id}/`),
      this.get<readonly OutlineLesson[]>(`/api/courses/${id}/lessons/`),
      this.fetchSummary(id),
    ]);
    return { id, title, outline, summary };
  }

  /** The place in the course says it without a refusal, where there is none. */
  private async fetchSummary(course: string): Promise<Summary | null> {
    const student = this.user();
    if (student === null) return null;
    const places = await this.get<Page<{ progress: Summary }>>('/api/enrollments/', {
      course,
      student,
      expand: 'progress',
    });
    return places.results[0]?.progress ?? null;
  }

  private get<Answer>(
    url: string,
    params: Record<string, string> = {},
    context = new HttpContext(),
  ): Promise<Answer> {
    return firstValueFrom(this.http.get<Answer>(url, { params, context }));
  }
}

async function read<Value>(from: {
  fetch: () => Promise<Value>;
  keep: (value: Value) => Promise<void>;
  find: () => Promise<Value | undefined>;
}): Promise<Read<Value>> {
  try {
    const value = await from.fetch();
    void from.keep(value);
    return { value, isKept: false };
  } catch (error) {
    const kept = isAway(error) ? await from.find() : undefined;
    if (kept === undefined) throw error;
    return { value: kept, isKept: true };
  }
}
