import { visit } from '@testing';
import { ADMIN, ROUTES } from './testing';

describe('manage pages', () => {
  it('start with the users and link to the others', async () => {
    const { find, url } = await visit(ROUTES, '/manage', ADMIN);

    expect(url()).toBe('/manage/users');
    expect(find('nav [aria-current=page]').textContent).toContain('Users');
    expect(find('nav a', 'Categories').getAttribute('href')).toBe('/manage/categories');
    expect(find('nav a', 'Statistics').getAttribute('href')).toBe('/manage/figures');
  });
});
