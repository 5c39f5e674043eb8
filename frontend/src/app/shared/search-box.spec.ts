import { TestBed } from '@angular/core/testing';

import { QueryParams } from '@core/navigation/query-params';
import { SearchBox } from './search-box';

describe('SearchBox', () => {
  function open(value = '') {
    const searches: string[] = [];
    const set = ({ search }: { search: string }) => searches.push(search);
    TestBed.configureTestingModule({ providers: [{ provide: QueryParams, useValue: { set } }] });
    const fixture = TestBed.createComponent(SearchBox);
    fixture.componentRef.setInput('label', 'Search courses');
    fixture.componentRef.setInput('value', value);
    TestBed.tick();
    const page = fixture.nativeElement as HTMLElement;
    const box = page.querySelector('input')!;
    const type = (text: string) => {
      box.value = text;
      box.dispatchEvent(new Event('input'));
    };
    return { fixture, page, box, searches, type };
  }

  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('is labeled and shows the current search', () => {
    const { page, box } = open('botany');

    expect(page.querySelector('label')?.htmlFor).toBe(box.id);
    expect(box.value).toBe('botany');
  });

  it('searches once after a pause', () => {
    const { searches, type } = open();
    for (const text of ['b', 'bo', 'bot ']) type(text);
    expect(searches).toEqual([]);

    vi.advanceTimersByTime(301);
    expect(searches).toEqual(['bot']);
  });

  it('searches at once on Enter, and not again', () => {
    const { page, searches, type } = open();
    type('botany');
    page.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    vi.advanceTimersByTime(301);

    expect(searches).toEqual(['botany']);
  });

  it('searches nothing when the search is unchanged', () => {
    const { searches, type } = open('botany');
    type('botany ');
    vi.advanceTimersByTime(301);

    expect(searches).toEqual([]);
  });

  it('searches nothing after the page is left', () => {
    const { fixture, searches, type } = open();
    type('botany');
    fixture.destroy();
    vi.advanceTimersByTime(301);

    expect(searches).toEqual([]);
  });
});
