import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, Course, EMPTY_PAGE, Outline, Page } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';
import { Session } from '@core/auth/session';

export interface WantedCourses {
  readonly search?: string;
  readonly published?: string;
  readonly ordering?: string;
  readonly page?: string;
}

/** Whose it is is said by name where the list holds everybody's. */
export interface ListedCourse extends Omit<Course, 'instructor'> {
  readonly instructor: { readonly username: string } | string | null;
}

export type QuizInList = Pick<ApiResponse<'Quiz'>, 'id' | 'lesson' | 'title' | 'problems'>;

@Injectable({ providedIn: 'root' })
export class CoursesApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  /** One's own courses; an admin's are all that there are. */
  mine(wanted: Signal<WantedCourses>) {
    return httpResource<Page<ListedCourse>>(
      () => {
        const user = this.session.user();
        if (!user) return undefined;
        const whose = user.is_admin ? { expand: 'instructor' } : { instructor: user.id };
        return { url: '/api/courses/', params: definedParams({ ...wanted(), ...whose }) };
      },
      { defaultValue: EMPTY_PAGE },
    );
  }

  outline(course: Signal<string>) {
    return httpResource<Outline>(() => `/api/courses/${course()}/lessons/`);
  }

  /** The course's quizzes with what keeps each from being taken. */
  quizzes(course: Signal<string>) {
    return httpResource<Page<QuizInList>>(
      () => ({ url: '/api/quizzes/', params: { course: course(), page_size: 100 } }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  categories() {
    return httpResource<Page<ApiResponse<'Category'>>>(
      () => ({ url: '/api/categories/', params: { page_size: 100 } }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  create(title: string): Promise<Course> {
    return firstValueFrom(this.http.post<Course>('/api/courses/', { title }));
  }

  publish(course: string, isPublished: boolean): Promise<Course> {
    const verb = isPublished ? 'publish' : 'unpublish';
    return firstValueFrom(this.http.post<Course>(`/api/courses/${course}/${verb}/`, null));
  }

  order(course: string, lessons: readonly string[]): Promise<unknown> {
    return firstValueFrom(this.http.put(`/api/courses/${course}/lessons/order/`, { lessons }));
  }

  addLesson(course: string, title: string): Promise<{ readonly id: string }> {
    return firstValueFrom(this.http.post<{ id: string }>('/api/lessons/', { course, title }));
  }

  removeLesson(lesson: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/lessons/${lesson}/`));
  }

  picture(course: string, image: File): Promise<Course> {
    const form = new FormData();
    form.set('image', image);
    return firstValueFrom(this.http.post<Course>(`/api/courses/${course}/image/`, form));
  }

  /** @param cascade removes what hangs on the course, too; only an admin may */
  remove(course: string, cascade: boolean): Promise<unknown> {
    const params = definedParams({ cascade: cascade || undefined });
    return firstValueFrom(this.http.delete(`/api/courses/${course}/`, { params }));
  }
}
