import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { Observable } from 'rxjs';

import { ApiRequest } from '@core/api/models';
import { withoutToken } from '@core/http/contexts';

/** Password reset and email confirmation, which need no session. */
@Injectable({ providedIn: 'root' })
export class AccountApi {
  private readonly http = inject(HttpClient);

  requestReset(email: string): Observable<unknown> {
    return this.post('/api/auth/password/reset/', { email });
  }

  reset(body: ApiRequest<'Reset'>): Observable<unknown> {
    return this.post('/api/auth/password/reset/confirm/', body);
  }

  verify(key: string): Observable<unknown> {
    return this.post('/api/auth/registration/verify-email/', { key });
  }

  private post(url: string, body: object): Observable<unknown> {
    return this.http.post(url, body, { context: withoutToken() });
  }
}
