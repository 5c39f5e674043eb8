import { LOCALE_ID } from '@angular/core';
import { TestBed } from '@angular/core/testing';

import { DurationPipe } from './duration';

describe('duration', () => {
  const format = (minutes: number, locale = 'en') => {
    TestBed.resetTestingModule();
    TestBed.configureTestingModule({ providers: [{ provide: LOCALE_ID, useValue: locale }] });
    return TestBed.runInInjectionContext(() => new DurationPipe().transform(minutes));
  };

  it.each([
    [0, '0 min'],
    [45, '45 min'],
    [60, '1 hr'],
    [80, '1 hr, 20 min'],
  ])('formats %i minutes', (minutes, expected) => {
    expect(format(minutes)).toBe(expected);
  });

  it('uses the language of the page', () => {
    expect(format(80, 'es')).toBe('1 h y 20 min');
  });
});
