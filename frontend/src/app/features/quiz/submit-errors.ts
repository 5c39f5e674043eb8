import { ApiError } from '@core/errors/api-error';

const RETRY_DELAYS_MS = [5_000, 10_000, 20_000, 40_000, 60_000];
const NOT_OPEN_CODES = [
  'already_submitted',
  'no_attempts_left',
  'not_started',
  'time_is_up',
  'idempotency_conflict',
];

/** Returns whether the attempt may be over; the error does not say how it ended. */
export function mayBeOver(error: unknown): error is ApiError {
  return error instanceof ApiError && NOT_OPEN_CODES.includes(error.code);
}

/** A repeated request may succeed, and the failed request may even have been executed. */
export function isTemporary({ status, code }: ApiError): boolean {
  return status === 0 || status >= 500 || status === 429 || code === 'idempotency_running';
}

/** Returns the milliseconds to wait before the next try, after the given number of retries. */
export function retryDelay(error: ApiError, retries: number): number {
  const delay = RETRY_DELAYS_MS[Math.min(retries, RETRY_DELAYS_MS.length - 1)] ?? 0;
  return Math.max(delay, (error.retryAfterSeconds ?? 0) * 1000);
}
