import { HttpContext, httpResource } from '@angular/common/http';

import { withoutToken } from '@core/http/contexts';
import { ApiResponse, EMPTY_PAGE, Page } from './models';

export type Category = ApiResponse<'Category'>;

/** Loads all categories. */
export function categoriesResource(context = new HttpContext()) {
  return httpResource<Page<Category>>(
    () => ({ url: '/api/categories/', params: { page_size: 100 }, context }),
    { defaultValue: EMPTY_PAGE },
  );
}

/** Loads all categories without the token, so that they can be cached for offline use. */
export function publicCategoriesResource() {
  return categoriesResource(withoutToken());
}
