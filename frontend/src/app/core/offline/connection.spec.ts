import { TestBed } from '@angular/core/testing';

import { Connection } from './connection';

describe('Connection', () => {
  it('follows the state of the browser', () => {
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    const connection = TestBed.inject(Connection);
    expect(connection.isOnline()).toBe(false);

    onLine.mockReturnValue(true);
    window.dispatchEvent(new Event('online'));
    expect(connection.isOnline()).toBe(true);

    onLine.mockReturnValue(false);
    window.dispatchEvent(new Event('offline'));
    expect(connection.isOnline()).toBe(false);
    onLine.mockRestore();
  });
});
