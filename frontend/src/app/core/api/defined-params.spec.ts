import { newIdempotencyKey } from './idempotency';
import { definedParams } from './defined-params';

describe('given', () => {
  it('leaves out what says nothing', () => {
    expect(definedParams({ a: '', b: undefined, c: 0, d: false, e: 'x' })).toEqual({
      c: 0,
      d: false,
      e: 'x',
    });
  });
});

describe('newKey', () => {
  it('is never the same', () => {
    expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
  });
});
