import { TestBed } from '@angular/core/testing';

import { Chart } from './chart';

describe('Chart', () => {
  it('shows its data as a table, too', async () => {
    const fixture = TestBed.createComponent(Chart);
    fixture.componentRef.setInput('title', 'Activity');
    fixture.componentRef.setInput('labelHeading', 'Week');
    fixture.componentRef.setInput('labels', ['2 Nov', '9 Nov']);
    fixture.componentRef.setInput('series', [{ label: 'Lessons', values: [1234.567, null] }]);
    await fixture.whenStable();

    const rows = [...(fixture.nativeElement as HTMLElement).querySelectorAll('tr')].map(row =>
      [...row.cells].map(cell => cell.textContent.trim()),
    );
    expect(rows).toEqual([
      ['Week', 'Lessons'],
      ['2 Nov', '1,234.57'],
      ['9 Nov', '–'],
    ]);
  });
});
