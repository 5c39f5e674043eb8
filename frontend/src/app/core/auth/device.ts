/** What begins with this in localStorage is of whoever is signed in, and goes when they sign out. */
export const PRIVATE = 'lms.private.';
const DATABASE = 'lms.private'; // that of core/offline/store.ts, which is loaded only where it is used

export function clearDevice(): void {
  for (const key of Object.keys(localStorage)) {
    if (key.startsWith(PRIVATE)) localStorage.removeItem(key);
  }
  (globalThis.indexedDB as IDBFactory | undefined)?.deleteDatabase(DATABASE);
}
