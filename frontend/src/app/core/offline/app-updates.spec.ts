import { TestBed } from '@angular/core/testing';
import { SwUpdate, VersionEvent } from '@angular/service-worker';
import { Subject } from 'rxjs';

import { AppUpdates } from './app-updates';

const HASH = { hash: 'f00d' };

describe('AppUpdates', () => {
  const versionUpdates = new Subject<VersionEvent>();
  const unrecoverable = new Subject<{ reason: string }>();
  const checkForUpdate = vi.fn(async () => false);

  function open(isEnabled = true): AppUpdates {
    const updates = { isEnabled, versionUpdates, unrecoverable, checkForUpdate };
    TestBed.configureTestingModule({ providers: [{ provide: SwUpdate, useValue: updates }] });
    return TestBed.inject(AppUpdates);
  }
  beforeEach(() => checkForUpdate.mockClear());
  afterEach(() => vi.useRealTimers());

  it('reports an available update until it is dismissed', () => {
    const versions = open();
    versionUpdates.next({ type: 'VERSION_DETECTED', version: HASH });
    expect(versions.status()).toBeNull();
    versionUpdates.next({ type: 'VERSION_READY', currentVersion: HASH, latestVersion: HASH });
    expect(versions.status()).toBe('available');
    versions.dismiss();
    expect(versions.status()).toBeNull();
  });

  it('reports a broken version', () => {
    const versions = open();
    unrecoverable.next({ reason: 'gone' });

    expect(versions.status()).toBe('broken');
  });

  it('checks every hour, even when a check fails', async () => {
    vi.useFakeTimers();
    checkForUpdate.mockRejectedValueOnce(new Error('away'));
    open();
    await vi.advanceTimersByTimeAsync(2 * 60 * 60 * 1000);

    expect(checkForUpdate).toHaveBeenCalledTimes(2);
  });

  it('does not check without a service worker', () => {
    vi.useFakeTimers();
    open(false);
    vi.advanceTimersByTime(2 * 60 * 60 * 1000);

    expect(checkForUpdate).not.toHaveBeenCalled();
  });
});
