import { TestBed } from '@angular/core/testing';

import { SearchBox } from './search-box';

describe('SearchBox', () => {
  function open(value = '') {
    const fixture = TestBed.createComponent(SearchBox);
    fixture.componentRef.setInput('label', 'Search courses');
    fixture.componentRef.setInput('value', value);
    const emitted: string[] = [];
    fixture.componentInstance.searched.subscribe(query => emitted.push(query));
    TestBed.tick();
    const page = fixture.nativeElement as HTMLElement;
    const box = page.querySelector('input')!;
    const type = (text: string) => {
      box.value = text;
      box.dispatchEvent(new Event('input'));
    };
    return { fixture, page, box, emitted, type };
  }

  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
  afterEach(() => vi.useRealTimers());

  it('is labeled and shows the current search', () => {
    const { page, box } = open('botany');

    expect(page.querySelector('label')?.htmlFor).toBe(box.id);
    expect(box.value).toBe('botany');
  });

  it('emits once after a pause', () => {
    const { emitted, type } = open();
    for (const text of ['b', 'bo', 'bot ']) type(text);
    expect(emitted).toEqual([]);

    vi.advanceTimersByTime(301);
    expect(emitted).toEqual(['bot']);
  });

  it('emits at once on Enter, and not again', () => {
    const { page, emitted, type } = open();
    type('botany');
    page.querySelector('form')!.dispatchEvent(new Event('submit', { cancelable: true }));
    vi.advanceTimersByTime(301);

    expect(emitted).toEqual(['botany']);
  });

  it('emits nothing when the search is unchanged', () => {
    const { emitted, type } = open('botany');
    type('botany ');
    vi.advanceTimersByTime(301);

    expect(emitted).toEqual([]);
  });

  it('emits nothing after the page is left', () => {
    const { fixture, type } = open();
    const warned = vi.spyOn(console, 'warn').mockReturnValue();
    type('botany');
    fixture.destroy();
    vi.advanceTimersByTime(301);

    expect(warned).not.toHaveBeenCalled();
    warned.mockRestore();
  });
});
