import { HttpContext, HttpContextToken } from '@angular/common/http';

/** The request is sent without the access token, and its 401 renews nothing. */
export const WITHOUT_TOKEN = new HttpContextToken(() => false);

/** The request is not shown in the loading bar: it happens by itself. */
export const IN_BACKGROUND = new HttpContextToken(() => false);

export const withoutToken = () => new HttpContext().set(WITHOUT_TOKEN, true);
export const inBackground = () => new HttpContext().set(IN_BACKGROUND, true);
