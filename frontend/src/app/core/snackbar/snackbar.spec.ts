import { TestBed } from '@angular/core/testing';
import { MatSnackBar } from '@angular/material/snack-bar';
import { of } from 'rxjs';

import { Snackbar } from './snackbar';

describe('Snackbar', () => {
  const open = vi.fn();

  beforeEach(() => {
    open.mockReset();
    TestBed.configureTestingModule({
      providers: [{ provide: MatSnackBar, useValue: { open } }],
    });
  });

  it('announces messages politely and errors assertively', async () => {
    await TestBed.inject(Snackbar).show('Saved.');
    await TestBed.inject(Snackbar).showError('Lost.');

    expect(open.mock.calls).toEqual([
      ['Saved.', 'Close', expect.objectContaining({ politeness: 'polite' })],
      ['Lost.', 'Close', expect.objectContaining({ politeness: 'assertive' })],
    ]);
  });

  it.each([true, false])('reports whether the action was taken: %s', async dismissedByAction => {
    open.mockReturnValue({ afterDismissed: () => of({ dismissedByAction }) });

    expect(await TestBed.inject(Snackbar).showWithAction('Removed.', 'Undo')).toBe(
      dismissedByAction,
    );
    expect(open.mock.calls[0]?.[1]).toBe('Undo');
  });
});
