/** Returns a new key under which a POST counts once, however often it is sent. */
export function newIdempotencyKey(): string {
  // `randomUUID` is missing on pages without a secure origin.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
