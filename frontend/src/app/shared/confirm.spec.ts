import { TestBed } from '@angular/core/testing';

import { Confirm, ConfirmOptions } from './confirm';

const LEAVE: ConfirmOptions = {
  title: 'Leave?',
  text: 'It is not saved.',
  action: 'Discard changes',
};

describe('Confirm', () => {
  async function asked(question: ConfirmOptions) {
    const answer = TestBed.inject(Confirm).ask(question);
    const dialog = await vi.waitFor(() => {
      TestBed.tick();
      return document
        .querySelector('mat-dialog-container .button')!
        .closest('mat-dialog-container')!;
    });
    const buttons = [...dialog.querySelectorAll('button')];
    return { answer, dialog, cancel: buttons[0]!, agree: buttons[1]! };
  }

  it('shows the question and resolves to true on its action', async () => {
    const { answer, dialog, agree } = await asked(LEAVE);
    expect(dialog.textContent).toContain('Leave?');
    expect(dialog.textContent).toContain('It is not saved.');
    expect(agree.textContent).toContain('Discard changes');

    agree.click();
    expect(await answer).toBe(true);
  });

  it('resolves to false on cancel', async () => {
    const { answer, cancel } = await asked(LEAVE);
    cancel.click();

    expect(await answer).toBe(false);
  });

  it('requires the text to be typed', async () => {
    const { answer, dialog, agree } = await asked({
      ...LEAVE,
      isDestructive: true,
      requiredText: 'ada',
    });
    const box = dialog.querySelector('input')!;
    expect(agree.disabled).toBe(true);
    expect(agree.classList).toContain('destructive');

    box.value = 'ada';
    box.dispatchEvent(new Event('input'));
    TestBed.tick();
    expect(agree.disabled).toBe(false);

    agree.click();
    expect(await answer).toBe(true);
  });

  it('resolves to false when dismissed', async () => {
    const { answer } = await asked(LEAVE);
    TestBed.inject(Confirm).dismiss();

    expect(await answer).toBe(false);
  });

  it('ignores a dismissal without a question', () => {
    TestBed.inject(Confirm).dismiss();

    expect(document.querySelector('mat-dialog-container')).toBeNull();
  });
});
