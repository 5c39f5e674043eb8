import {
  HttpClient,
  HttpInterceptorFn,
  provideHttpClient,
  withInterceptors,
} from '@angular/common/http';
import { HttpTestingController, provideHttpClientTesting } from '@angular/common/http/testing';
import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { firstValueFrom, throwError } from 'rxjs';

import { ApiError } from '@core/errors/api-error';
import { inBackground } from './contexts';
import { errorInterceptor } from './error-interceptor';
import { languageInterceptor } from './language-interceptor';
import { Loading, loadingInterceptor } from './loading';

function start(...interceptors: HttpInterceptorFn[]) {
  TestBed.configureTestingModule({
    providers: [
      provideHttpClient(withInterceptors(interceptors)),
      provideHttpClientTesting(),
      { provide: LOCALE_ID, useValue: 'es' },
    ],
  });
  return { client: TestBed.inject(HttpClient), http: TestBed.inject(HttpTestingController) };
}

describe('errorInterceptor', () => {
  async function refusal(
    body: object | string,
    status = 400,
    headers: Record<string, string> = {},
  ): Promise<ApiError> {
    const { client, http } = start(errorInterceptor);
    const answer = firstValueFrom(client.get('/api/x/')).catch((error: unknown) => error);
    http.expectOne('/api/x/').flush(body, { status, statusText: '', headers });
    return (await answer) as ApiError;
  }

  it('exposes field errors and a general message', async () => {
    const error = await refusal({ email: ['Taken.'], username: ['Short.', 'Odd.'] });

    expect(error).toBeInstanceOf(ApiError);
    expect(error.fields).toEqual({ email: ['Taken.'], username: ['Short.', 'Odd.'] });
    expect(error.code).toBe('invalid');
    expect(error.message).toContain('fields');
  });

  it('exposes non-field errors as the message', async () => {
    expect((await refusal({ non_field_errors: ['One.', 'Two.'] })).message).toBe('One. Two.');
  });

  it('exposes detail, code, request ID, and retry delay', async () => {
    const headers = { 'X-Request-ID': 'f00d', 'Retry-After': '30' };
    const error = await refusal({ detail: 'Slow down.', code: 'throttled' }, 429, headers);

    expect(error).toMatchObject({
      status: 429,
      message: 'Slow down.',
      code: 'throttled',
      requestId: 'f00d',
      retryAfterSeconds: 30,
    });
  });

  it('prefers the request ID of the body', async () => {
    const error = await refusal({ detail: 'Broken.', request_id: 'beef' }, 500, {
      'X-Request-ID': 'f00d',
    });

    expect(error.requestId).toBe('beef');
  });

  it('keeps extra fields of the body', async () => {
    const lines = [{ line: 3, reason: 'no answer' }];
    const error = await refusal({ detail: 'Refused.', code: 'import_refused', lines });

    expect(error.body['lines']).toEqual(lines);
    expect(error.fields).toEqual({});
  });

  it('handles a response that is not from the API', async () => {
    const error = await refusal('<html>Bad gateway</html>', 502);

    expect(error.message).toContain('wrong');
    expect(error).toMatchObject({ code: 'unknown', requestId: '', retryAfterSeconds: null });
  });

  it('reports that the server cannot be reached', async () => {
    const { client, http } = start(errorInterceptor);
    const answer = firstValueFrom(client.get('/api/x/')).catch((error: unknown) => error);
    http.expectOne('/api/x/').error(new ProgressEvent('error'));

    expect(await answer).toMatchObject({ status: 0, code: 'unreachable' });
  });

  it('passes on errors that are not responses', async () => {
    const ours = new Error('ours');
    const { client } = start(errorInterceptor, () => throwError(() => ours));

    await expect(firstValueFrom(client.get('/api/x/'))).rejects.toBe(ours);
  });
});

describe('languageInterceptor', () => {
  it('sends the language of the page', () => {
    const { client, http } = start(languageInterceptor);
    client.get('/api/x/').subscribe();

    const { request } = http.expectOne('/api/x/');
    expect(request.headers.get('Accept-Language')).toBe('es');
  });
});

describe('loadingInterceptor', () => {
  it('is busy until the last request has ended, successfully or not', () => {
    const { client, http } = start(loadingInterceptor);
    const { isBusy } = TestBed.inject(Loading);
    client.get('/api/a/').subscribe();
    client.get('/api/b/').subscribe({ error: () => undefined });
    expect(isBusy()).toBe(true);

    http.expectOne('/api/a/').flush({});
    expect(isBusy()).toBe(true);
    http.expectOne('/api/b/').flush({}, { status: 500, statusText: '' });
    expect(isBusy()).toBe(false);
  });

  it('ignores background requests', () => {
    const { client, http } = start(loadingInterceptor);
    client.get('/api/a/', { context: inBackground() }).subscribe();

    http.expectOne('/api/a/');
    expect(TestBed.inject(Loading).isBusy()).toBe(false);
  });
});
