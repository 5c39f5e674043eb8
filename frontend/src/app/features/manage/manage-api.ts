import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, Signal, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, EMPTY_PAGE, Page, ApiRequest, User } from '@core/api/models';
import { Category } from '@core/api/categories';
import { definedParams } from '@core/api/defined-params';

@Injectable({ providedIn: 'root' })
export class ManageApi {
  private readonly http = inject(HttpClient);

  users(filters: Signal<Readonly<Record<string, string | undefined>>>) {
    return httpResource<Page<User>>(
      () => ({ url: '/api/users/', params: definedParams(filters()) }),
      {
        defaultValue: EMPTY_PAGE,
      },
    );
  }

  changeUser(id: string, body: ApiRequest<'UserUpdatePatch'>): Promise<User> {
    return firstValueFrom(this.http.patch<User>(`/api/users/${id}/`, body));
  }

  /** Creates the account and emails a link to set its password. */
  invite(invitation: ApiRequest<'Invitation'>): Promise<User> {
    return firstValueFrom(this.http.post<User>('/api/users/', invitation));
  }

  addCategory(body: ApiRequest<'CategoryBody'>): Promise<Category> {
    return firstValueFrom(this.http.post<Category>('/api/categories/', body));
  }

  changeCategory(id: string, body: ApiRequest<'CategoryPatch'>): Promise<Category> {
    return firstValueFrom(this.http.patch<Category>(`/api/categories/${id}/`, body));
  }

  removeCategory(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/categories/${id}/`));
  }

  dashboard() {
    return httpResource<ApiResponse<'Dashboard'>>(() => '/api/dashboard/');
  }
}
