import { safeNext } from './safe-next';

describe('safeNext', () => {
  it.each(['/courses', '/courses/1?search=a#top', '/'])('leads back to %s', next => {
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
  ])('leads nowhere else: %s', next => {
    expect(safeNext(next)).toBe('/dashboard');
  });
});
