import { TestBed } from '@angular/core/testing';
import { provideRouter } from '@angular/router';

import { Pager } from './pager';

describe('Pager', () => {
  async function render(count: number, page?: string) {
    TestBed.configureTestingModule({ providers: [provideRouter([])] });
    const fixture = TestBed.createComponent(Pager);
    fixture.componentRef.setInput('count', count);
    fixture.componentRef.setInput('page', page);
    await fixture.whenStable();
    return fixture.nativeElement as HTMLElement;
  }
  const links = (page: HTMLElement) =>
    [...page.querySelectorAll('a')].map(link => [link.rel, link.getAttribute('href')]);

  it('is hidden for a single page', async () => {
    expect((await render(20)).querySelector('nav')).toBeNull();
  });

  it.each([
    [1, [['next', '/?page=2']]],
    [
      2,
      [
        ['prev', '/'],
        ['next', '/?page=3'],
      ],
    ],
    [3, [['prev', '/?page=2']]],
  ])('links page %i to its neighbors', async (page, expected) => {
    const pager = await render(41, String(page));

    expect(pager.textContent).toContain(`Page ${page} of 3`);
    expect(links(pager)).toEqual(expected);
  });
});
