import { HttpContext, HttpContextToken } from '@angular/common/http';

/** Sends the request without the access token; a 401 renews nothing. */
export const WITHOUT_TOKEN = new HttpContextToken(() => false);

/** Hides the request from the loading bar, because no user action caused it. */
export const IN_BACKGROUND = new HttpContextToken(() => false);

export const withoutToken = () => new HttpContext().set(WITHOUT_TOKEN, true);
export const inBackground = () => new HttpContext().set(IN_BACKGROUND, true);
