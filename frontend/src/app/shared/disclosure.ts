import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';

let nextId = 0;

/** A button with a panel, which closes on Escape or when the focus leaves it. */
@Component({
  selector: 'lms-disclosure',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './disclosure.scss',
  host: { '(keydown.escape)': 'dismiss()', '(focusout)': 'closeWhenLeft($event)' },
  template: `
    <button
      #button
      type="button"
      [attr.aria-expanded]="open()"
      [attr.aria-controls]="id"
      (click)="open.set(!open())"
    >
      {{ label() }}<span class="visually-hidden">{{ hiddenLabel() }}</span>
    </button>
    <div class="panel" [id]="id" [hidden]="!open()"><ng-content /></div>
  `,
})
export class Disclosure {
  readonly label = input.required<string>();
  /** Appended to the label for screen readers only. */
  readonly hiddenLabel = input('');

  protected readonly id = `disclosure-${++nextId}`;
  protected readonly open = signal(false);
  private readonly button = viewChild.required<ElementRef<HTMLElement>>('button');
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  close(): void {
    this.open.set(false);
  }

  protected dismiss(): void {
    if (!this.open()) return;
    this.close();
    this.button().nativeElement.focus();
  }

  protected closeWhenLeft({ relatedTarget }: FocusEvent): void {
    if (relatedTarget instanceof Node && !this.host.contains(relatedTarget)) this.close();
  }
}
