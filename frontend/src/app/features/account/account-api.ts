import { HttpClient } from '@angular/common/http';
import { Injectable, inject } from '@angular/core';
import { Observable } from 'rxjs';

import { ApiRequest } from '@core/api/models';
import { withoutToken } from '@core/http/contexts';

/** What a link in a mail leads to; these need nobody signed in. */
@Injectable({ providedIn: 'root' })
export class AccountApi {
  private readonly http = inject(HttpClient);

  askForReset(email: string): Observable<unknown> {
    return this.post('/api/auth/password/reset/', { email });
  }

  reset(given: ApiRequest<'Reset'>): Observable<unknown> {
    return this.post('/api/auth/password/reset/confirm/', given);
  }

  verify(key: string): Observable<unknown> {
    return this.post('/api/auth/registration/verify-email/', { key });
  }

  private post(url: string, body: object): Observable<unknown> {
    return this.http.post(url, body, { context: withoutToken() });
  }
}
