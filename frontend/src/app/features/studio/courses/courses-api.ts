import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, Course, EMPTY_PAGE, Page } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';
import { Session } from '@core/auth/session';

export interface CourseFilters {
  readonly search?: string;
  readonly published?: string;
  readonly ordering?: string;
  readonly page?: string;
}

/** A course in a list; admins also get the name of its instructor. */
export interface CourseListItem extends Omit<Course, 'instructor'> {
  readonly instructor: { readonly username: string } | string | null;
}

@Injectable({ providedIn: 'root' })
export class CoursesApi {
  private readonly http = inject(HttpClient);
  private readonly session = inject(Session);

  /** The courses that the current user teaches, or all courses for an admin. */
  list(filters: Signal<CourseFilters>) {
    return httpResource<Page<CourseListItem>>(
      () => {
        const user = this.session.user();
        if (!user) return undefined;
        const scope = user.is_admin ? { expand: 'instructor' } : { instructor: user.id };
        return { url: '/api/courses/', params: definedParams({ ...filters(), ...scope }) };
      },
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

  setPublished(course: string, isPublished: boolean): Promise<Course> {
    const action = isPublished ? 'publish' : 'unpublish';
    return firstValueFrom(this.http.post<Course>(`/api/courses/${course}/${action}/`, null));
  }

  reorderLessons(course: string, lessons: readonly string[]): Promise<unknown> {
    return firstValueFrom(this.http.put(`/api/courses/${course}/lessons/order/`, { lessons }));
  }

  addLesson(course: string, title: string): Promise<{ readonly id: string }> {
    return firstValueFrom(this.http.post<{ id: string }>('/api/lessons/', { course, title }));
  }

  removeLesson(lesson: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/lessons/${lesson}/`));
  }

  uploadImage(course: string, image: File): Promise<Course> {
    const form = new FormData();
    form.set('image', image);
    return firstValueFrom(this.http.post<Course>(`/api/courses/${course}/image/`, form));
  }

  /** @param cascade also deletes enrollments and submissions; only admins may set it */
  remove(course: string, cascade: boolean): Promise<unknown> {
    const params = definedParams({ cascade: cascade || undefined });
    return firstValueFrom(this.http.delete(`/api/courses/${course}/`, { params }));
  }
}
