/** Returns a key that lets the server execute a repeated POST only once. */
export function newIdempotencyKey(): string {
  // `randomUUID` is missing on insecure origins.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
