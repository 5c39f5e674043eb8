/** What begins with this in localStorage is of whoever is signed in, and goes when they sign out. */
export const PRIVATE_PREFIX = 'lms.private.';
const DATABASE = 'lms.private'; // that of core/offline/store.ts, which is loaded only where it is used

export function clearPrivateData(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PRIVATE_PREFIX)) localStorage.removeItem(key);
  }
  (globalThis.indexedDB as IDBFactory | undefined)?.deleteDatabase(DATABASE);
}
