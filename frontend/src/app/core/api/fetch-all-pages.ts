import { HttpClient, HttpContext } from '@angular/common/http';
import { firstValueFrom } from 'rxjs';

import { Page } from './models';

const LARGEST_PAGE = 100;

/** Fetches a list to its end, page by page, for what must be whole: a file, a set of choices. */
export async function fetchAllPages<Row>(
  http: HttpClient,
  url: string,
  params: Readonly<Record<string, string | number | boolean>> = {},
  context = new HttpContext(),
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (let page = 1; ; page++) {
    const answer = await firstValueFrom(
      http.get<Page<Row>>(url, {
        params: { ...params, page, page_size: LARGEST_PAGE },
        context,
      }),
    );
    rows.push(...answer.results);
    if (answer.next === null) return rows;
  }
}
