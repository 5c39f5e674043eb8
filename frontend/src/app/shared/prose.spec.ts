import { TestBed } from '@angular/core/testing';

import { Prose } from './prose';

describe('Prose', () => {
  it('makes content that is too wide scrollable by keyboard', async () => {
    const width = vi.spyOn(Element.prototype, 'scrollWidth', 'get').mockReturnValue(400);
    const fixture = TestBed.createComponent(Prose);
    fixture.componentRef.setInput('html', '<p>Text</p><pre>code</pre>');
    await fixture.whenStable();
    const code = (fixture.nativeElement as HTMLElement).querySelector('pre');
    expect(code?.getAttribute('tabindex')).toBe('0');

    width.mockReturnValue(0);
    window.dispatchEvent(new Event('resize'));
    expect(code?.getAttribute('tabindex')).toBeNull();
    width.mockRestore();
  });

  it('demotes headings below the page heading', async () => {
    const fixture = TestBed.createComponent(Prose);
    const page = fixture.nativeElement as HTMLElement;
    const headings = () =>
      [...page.querySelectorAll('h1, h2, h3')].map(heading => heading.outerHTML);
    fixture.componentRef.setInput('html', '<h1>One</h1><h2>Two</h2>');
    await fixture.whenStable();
    expect(headings()).toEqual(['<h2>One</h2>', '<h3>Two</h3>']);

    fixture.componentRef.setInput('html', '<h2>Two</h2><h3>Three</h3>');
    await fixture.whenStable();
    expect(headings()).toEqual(['<h2>Two</h2>', '<h3>Three</h3>']);
  });
});
