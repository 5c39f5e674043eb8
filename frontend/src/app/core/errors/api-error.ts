import { HttpErrorResponse } from '@angular/common/http';

type Fields = Readonly<Record<string, readonly string[]>>;

/** An error response or an unreachable server; `message` can be shown to the user. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** The HTTP status; 0 if the server could not be reached. */
  readonly status: number;
  readonly code: string;
  /** Messages per field; general ones are in `non_field_errors`. */
  readonly fields: Fields;
  readonly requestId: string;
  readonly retryAfterSeconds: number | null;
  /** The whole body, which may have extra fields (for example `lines` of an import). */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(response: HttpErrorResponse) {
    const body = toRecord(response.error);
    const fields = fieldsOf(body);
    // The service worker responds with 504 while offline.
    const status = response.status === 504 ? 0 : response.status;
    super(messageOf(status, body, fields));
    this.status = status;
    this.body = body;
    this.fields = fields;
    this.code = textOf(body['code']) || codeOf(status, fields);
    this.requestId = textOf(body['request_id']) || (response.headers.get('X-Request-ID') ?? '');
    this.retryAfterSeconds = Number(response.headers.get('Retry-After')) || null;
  }
}

function messageOf(status: number, body: Record<string, unknown>, fields: Fields): string {
  if (status === 0) {
    return $localize`Could not reach the server. Check your connection and try again.`;
  }
  return (
    textOf(body['detail']) ||
    fields['non_field_errors']?.join(' ') ||
    (Object.keys(fields).length > 0
      ? $localize`Some fields need your attention.`
      : $localize`Something went wrong. Try again in a moment.`)
  );
}

function codeOf(status: number, fields: Fields): string {
  if (status === 0) return 'unreachable';
  return Object.keys(fields).length > 0 ? 'invalid' : 'unknown';
}

function fieldsOf(body: Record<string, unknown>): Fields {
  const lists = Object.entries(body).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every(message => typeof message === 'string'),
  );
  return Object.fromEntries(lists);
}

function toRecord(value: unknown): Record<string, unknown> {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject ? (value as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
