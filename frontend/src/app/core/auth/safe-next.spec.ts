import { safeNext } from './safe-next';

describe('safeNext', () => {
  it.each(['/courses', '/courses/1?search=a#top', '/'])('accepts %s', next => {
    expect(safeNext(next)).toBe(next);
  });

  it.each([
    undefined,
    null,
    '',
    'courses',
    '//evil.example',
    '/\\evil.example',
    '/\t/evil.example',
    'https://evil.example',
    'javascript:alert(1)',
  ])('rejects %s', next => {
    expect(safeNext(next)).toBe('/dashboard');
  });
});
