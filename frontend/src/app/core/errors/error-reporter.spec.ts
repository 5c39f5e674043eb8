import { HttpErrorResponse, HttpHeaders } from '@angular/common/http';
import { ErrorHandler } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { MatSnackBar } from '@angular/material/snack-bar';

import { ApiError } from './api-error';
import { ErrorReporter, GlobalErrorHandler } from './error-reporter';

describe('ErrorReporter', () => {
  const open = vi.fn();

  beforeEach(() => {
    open.mockReset();
    TestBed.configureTestingModule({
      providers: [
        { provide: MatSnackBar, useValue: { open } },
        { provide: ErrorHandler, useClass: GlobalErrorHandler },
      ],
    });
  });
  const message = () => open.mock.calls[0]?.[0] as string;

  it('shows the error and its request ID', async () => {
    const headers = new HttpHeaders({ 'X-Request-ID': 'f00d' });
    const error = { detail: 'The store is away.' };
    await TestBed.inject(ErrorReporter).report(
      new ApiError(new HttpErrorResponse({ status: 503, error, headers })),
    );

    expect(message()).toBe('The store is away. (request ID: f00d)');
  });

  it('shows what failed before reaching the server', async () => {
    await TestBed.inject(ErrorReporter).report(new ApiError(new HttpErrorResponse({ status: 0 })));

    expect(message()).toContain('Could not reach the server');
  });

  it('shows uncaught errors and logs them to the console', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const error = new Error('a secret of the code');
    TestBed.inject(ErrorHandler).handleError(error);

    await vi.waitFor(() => expect(message()).toContain('wrong on this page'));
    expect(message()).not.toContain('secret');
    expect(log).toHaveBeenCalledWith(error);
    log.mockRestore();
  });

  it('does not report a failure to show an error', async () => {
    const log = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    open.mockImplementation(() => {
      throw new TypeError('Failed to fetch dynamically imported module');
    });
    TestBed.inject(ErrorHandler).handleError(new Error('ours'));
    await vi.waitFor(() => expect(open).toHaveBeenCalled());
    await new Promise(resolve => setTimeout(resolve)); // an unhandled rejection fails the run

    expect(log).toHaveBeenCalledOnce();
    log.mockRestore();
  });
});
