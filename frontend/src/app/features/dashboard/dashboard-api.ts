import { httpResource } from '@angular/common/http';
import { Injectable } from '@angular/core';

import { Answered } from '@core/api/models';

@Injectable({ providedIn: 'root' })
export class DashboardApi {
  read() {
    return httpResource<Answered<'Dashboard'>>(() => '/api/dashboard/');
  }
}
