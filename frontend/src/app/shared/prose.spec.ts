import { TestBed } from '@angular/core/testing';

import { Prose } from './prose';

describe('Prose', () => {
  it('lets the keyboard scroll what is wider than the page, as wide as that is now', async () => {
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
});
