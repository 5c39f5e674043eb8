import { HttpClient, httpResource } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { firstValueFrom } from 'rxjs';

import { ApiResponse, EMPTY_PAGE, Page, ApiRequest, User } from '@core/api/models';

export type DeviceSession = ApiResponse<'Session'>;

@Injectable({ providedIn: 'root' })
export class ProfileApi {
  private readonly http = inject(HttpClient);

  change(body: ApiRequest<'CurrentUserPatch'>): Promise<User> {
    return firstValueFrom(this.http.patch<User>('/api/auth/user/', body));
  }

  picture(user: string, picture: File): Promise<User> {
    const form = new FormData();
    form.set('picture', picture);
    return firstValueFrom(this.http.post<User>(`/api/users/${user}/picture/`, form));
  }

  changePassword(passwords: ApiRequest<'PasswordChange'>): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/auth/password/change/', passwords));
  }

  resendConfirmation(email: string): Promise<unknown> {
    return firstValueFrom(this.http.post('/api/auth/registration/resend-email/', { email }));
  }

  sessions() {
    return httpResource<Page<DeviceSession>>(
      () => ({ url: '/api/auth/sessions/', params: { page_size: 100 } }),
      { defaultValue: EMPTY_PAGE },
    );
  }

  endSession(id: string): Promise<unknown> {
    return firstValueFrom(this.http.delete(`/api/auth/sessions/${id}/`));
  }

  /** Everything stored about the current user. */
  export(): Promise<Blob> {
    return firstValueFrom(this.http.get('/api/auth/user/export/', { responseType: 'blob' }));
  }

  erase(): Promise<unknown> {
    return firstValueFrom(this.http.delete('/api/auth/user/'));
  }
}
