import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, Page } from '@core/api/models';
import { definedParams } from '@core/api/defined-params';
import { inBackground } from '@core/http/contexts';

export type Notification = ApiResponse<'Notification'>;
export type Kind = Notification['kind'];
export interface Channels {
  readonly app: boolean;
  readonly mail: boolean;
}
export type Choices = Readonly<Record<Kind, Channels>>;

@Injectable({ providedIn: 'root' })
export class NotificationsApi {
  private readonly http = inject(HttpClient);

  /** A page, newest first; `cursor` comes from the previous page. */
  list(onlyUnread: boolean, cursor?: string): Promise<Page<Notification>> {
    const params = definedParams({ is_read: onlyUnread ? 'false' : undefined, cursor });
    return firstValueFrom(this.http.get<Page<Notification>>('/api/notifications/', { params }));
  }

  /** The newest unread notifications, fetched without the loading bar. */
  arrived(): Promise<Page<Notification>> {
    const url = '/api/notifications/?is_read=false';
    return firstValueFrom(this.http.get<Page<Notification>>(url, { context: inBackground() }));
  }

  read(id: string): Promise<unknown> {
    return firstValueFrom(this.http.post(`/api/notifications/${id}/read/`, null));
  }

  readAll(): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/notifications/read-all/', null));
  }

  remove(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/notifications/${id}/`));
  }

  preferences() {
    return httpResource<Choices>(() => '/api/notifications/preferences/');
  }

  savePreferences(choices: Choices): Promise<Choices> {
    return firstValueFrom(this.http.put<Choices>('/api/notifications/preferences/', choices));
  }
}

/** Returns the cursor of the next page from its URL. */
export function cursorOf({ next }: Page<unknown>): string | undefined {
  return next ? (new URL(next).searchParams.get('cursor') ?? undefined) : undefined;
}
