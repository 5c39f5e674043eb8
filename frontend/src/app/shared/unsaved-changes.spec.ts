import { ChangeDetectionStrategy, Component } from '@angular/core';
import { TestBed } from '@angular/core/testing';
import { Router, provideRouter } from '@angular/router';
import { RouterTestingHarness } from '@angular/router/testing';

import { Confirm } from './confirm';
import { confirmBeforeUnload, unsavedChangesGuard } from './unsaved-changes';

let unsaved = false;

@Component({ selector: 'lms-form', changeDetection: ChangeDetectionStrategy.OnPush, template: '' })
class Form {
  constructor() {
    confirmBeforeUnload(this);
  }

  hasUnsavedChanges(): boolean {
    return unsaved;
  }
}

@Component({ selector: 'lms-other', changeDetection: ChangeDetectionStrategy.OnPush, template: '' })
class Other {}

describe('a page with unsaved changes', () => {
  const ask = vi.fn();

  beforeEach(async () => {
    unsaved = false;
    ask.mockReset();
    TestBed.configureTestingModule({
      providers: [
        { provide: Confirm, useValue: { ask } },
        provideRouter([
          { path: 'form', component: Form, canDeactivate: [unsavedChangesGuard] },
          { path: 'other', component: Other },
        ]),
      ],
    });
    await RouterTestingHarness.create('/form');
  });

  it.each([
    [true, '/other'],
    [false, '/form'],
  ])('is left only after confirmation: %s', async (agreed, url) => {
    unsaved = true;
    ask.mockResolvedValue(agreed);
    await TestBed.inject(Router).navigateByUrl('/other');

    expect(TestBed.inject(Router).url).toBe(url);
  });

  it('is left without a prompt when everything is saved', async () => {
    await TestBed.inject(Router).navigateByUrl('/other');

    expect(TestBed.inject(Router).url).toBe('/other');
    expect(ask).not.toHaveBeenCalled();
  });

  it('makes the browser ask before closing, only while it is open', async () => {
    const closing = () => {
      const event = new Event('beforeunload', { cancelable: true });
      window.dispatchEvent(event);
      return event.defaultPrevented;
    };
    expect(closing()).toBe(false);
    unsaved = true;
    expect(closing()).toBe(true);

    ask.mockResolvedValue(true);
    await TestBed.inject(Router).navigateByUrl('/other');
    expect(closing()).toBe(false);
  });
});
