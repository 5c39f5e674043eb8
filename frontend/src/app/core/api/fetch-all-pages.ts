import { HttpClient, HttpContext } from '@angular/common/http';
import { firstValueFrom } from 'rxjs';

import { Page } from './models';

const LARGEST_PAGE = 100;

/** Fetches all pages of a list, for exports and selects that need every row. */
export async function fetchAllPages<Row>(
  http: HttpClient,
  url: string,
  params: Readonly<Record<string, string | number | boolean>> = {},
  context = new HttpContext(),
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page = 1; ; page++) {
    const response = await firstValueFrom(
      http.get<Page<Row>>(url, {
        params: { ...params, page, page_size: params['page_size'] ?? LARGEST_PAGE },
        context,
      }),
    );
    rows.push(...response.results);
    if (response.next === null) return rows;
  }
}
