import { ChangeDetectionStrategy, Component, computed, signal } from '@angular/core';

/** A checkbox that decides whether the password fields of a form are readable. */
@Component({
  selector: 'lms-show-password',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <label class="check">
      <input #box type="checkbox" (change)="isOn.set(box.checked)" />
      <span i18n>Show password</span>
    </label>
  `,
})
export class ShowPassword {
  /** The type of the password fields. */
  readonly fieldType = computed(() => (this.isOn() ? 'text' : 'password'));

  protected readonly isOn = signal(false);
}
