import { newKey } from './idempotency';
import { given } from './params';

describe('given', () => {
  it('leaves out what says nothing', () => {
    expect(given({ a: '', b: undefined, c: 0, d: false, e: 'x' })).toEqual({
      c: 0,
      d: false,
      e: 'x',
    });
  });
});

describe('newKey', () => {
  it('is never the same', () => {
    expect(newKey()).not.toBe(newKey());
  });
});
