import { newIdempotencyKey } from './idempotency';
import { definedParams } from './defined-params';

describe('definedParams', () => {
  it('leaves out undefined and empty values', () => {
    expect(definedParams({ a: '', b: undefined, c: 0, d: false, e: 'x' })).toEqual({
      c: 0,
      d: false,
      e: 'x',
    });
  });
});

describe('newIdempotencyKey', () => {
  it('returns a different key each time', () => {
    expect(newIdempotencyKey()).not.toBe(newIdempotencyKey());
  });
});
