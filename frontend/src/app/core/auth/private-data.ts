/** Prefix of localStorage keys with data of the current user; signing out removes them. */
export const PRIVATE_PREFIX = 'lms.private.';
// Same as in core/offline/offline-store.ts, which is loaded on demand only.
const DATABASE = 'lms.private';

export function clearPrivateData(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PRIVATE_PREFIX)) localStorage.removeItem(key);
  }
  (globalThis.indexedDB as IDBFactory | undefined)?.deleteDatabase(DATABASE);
}
