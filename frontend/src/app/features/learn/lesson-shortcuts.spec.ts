import 'fake-indexeddb/auto';

import { TestBed } from '@angular/core/testing';
import { Router } from '@angular/router';

import { setUpLessonPage } from './testing';

describe('keyboard shortcuts', () => {
  const { page, settle, heading, answerLesson, open, press } = setUpLessonPage();

  it('open the next or previous lesson and focus its heading', async () => {
    await open('l2');
    press('J');
    await answerLesson('l3');
    expect(heading()).toBe('Leaves');
    await vi.waitFor(() => expect(document.activeElement?.tagName).toBe('H1'));

    const read = vi.fn();
    page().querySelector('h1')?.addEventListener('focus', read);
    press('ArrowLeft');
    await answerLesson('l2');
    expect(document.activeElement?.textContent).toBe('Roots');
    expect(read).toHaveBeenCalled(); // The heading is focused again for screen readers.
    press('ArrowRight');
    await answerLesson('l3');
    press('k');
    await answerLesson('l2');
  });

  it('follow the text direction', async () => {
    document.documentElement.dir = 'rtl';
    await open('l2');
    press('ArrowLeft');
    await answerLesson('l3');
    document.documentElement.dir = '';

    expect(heading()).toBe('Leaves');
  });

  it('do nothing at the ends, with modifiers, or inside controls', async () => {
    await open('l1');
    press('k');
    press('x');
    press('j', document.body, { ctrlKey: true });
    press('j', document.body, { repeat: true });
    press('ArrowRight', page().querySelector('input')!);
    press('ArrowRight', page().querySelector('summary')!);
    await settle();

    expect(TestBed.inject(Router).url).toBe('/learn/c1/l1');
  });

  it('can be turned off', async () => {
    await open('l1');
    page().querySelector<HTMLInputElement>('input[type=checkbox]')!.click();
    press('j');
    await settle();

    expect(TestBed.inject(Router).url).toBe('/learn/c1/l1');
    expect(localStorage.getItem('lms.learn.keys')).toBe('off');
  });
});
