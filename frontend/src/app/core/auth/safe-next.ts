const FALLBACK = '/dashboard';
const BASE = 'https://app.invalid';

/** Returns `next` if it is a path of this app, otherwise the dashboard. */
export function safeNext(next: string | null | undefined): string {
  if (!next || !/^\/(?![/\\])/.test(next)) return FALLBACK;
  const url = new URL(next, BASE);
  return url.origin === BASE ? url.pathname + url.search + url.hash : FALLBACK;
}
