import { HttpErrorResponse } from '@angular/common/http';

type Fields = Readonly<Record<string, readonly string[]>>;

/** What the server refused, or that it could not be reached; `message` is for people. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** That of HTTP; 0 where the server could not be reached. */
  readonly status: number;
  readonly code: string;
  /** One list of messages per field; what concerns none is in `non_field_errors`. */
  readonly fields: Fields;
  readonly requestId: string;
  readonly retryAfterSeconds: number | null;
  /** The whole answer, for what one route adds to it (as an import its `lines`). */
  readonly body: Readonly<Record<string, unknown>>;

  constructor(response: HttpErrorResponse) {
    const answer = asRecord(response.error);
    const fields = fieldsOf(answer);
    // The service worker answers 504 where the network is away.
    const status = response.status === 504 ? 0 : response.status;
    super(messageOf(status, answer, fields));
    this.status = status;
    this.body = answer;
    this.fields = fields;
    this.code = textOf(answer['code']) || codeOf(status, fields);
    this.requestId = textOf(answer['request_id']) || (response.headers.get('X-Request-ID') ?? '');
    this.retryAfterSeconds = Number(response.headers.get('Retry-After')) || null;
  }
}

function messageOf(status: number, answer: Record<string, unknown>, fields: Fields): string {
  if (status === 0) {
    return $localize`The server cannot be reached. Check your connection and try again.`;
  }
  return (
    textOf(answer['detail']) ||
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

function fieldsOf(answer: Record<string, unknown>): Fields {
  const lists = Object.entries(answer).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every(message => typeof message === 'string'),
  );
  return Object.fromEntries(lists);
}

function asRecord(body: unknown): Record<string, unknown> {
  const isObject = typeof body === 'object' && body !== null && !Array.isArray(body);
  return isObject ? (body as Record<string, unknown>) : {};
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
