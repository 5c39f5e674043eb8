import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  inject,
  input,
  output,
} from '@angular/core';

/** Moves a list item up or down, as an alternative to dragging; the focus moves with the item. */
@Component({
  selector: 'lms-reorder-buttons',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './reorder-buttons.scss',
  template: `
    <button type="button" [attr.aria-label]="upLabel()" [disabled]="isFirst()" (click)="move(-1)">
      ↑
    </button>
    <button type="button" [attr.aria-label]="downLabel()" [disabled]="isLast()" (click)="move(1)">
      ↓
    </button>
  `,
})
export class ReorderButtons {
  readonly title = input.required<string>();
  readonly isFirst = input.required<boolean>();
  readonly isLast = input.required<boolean>();
  /** By how many positions: -1 or 1. */
  readonly moved = output<-1 | 1>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;

  protected upLabel(): string {
    return $localize`Move up: ${this.title()}:title:`;
  }

  protected downLabel(): string {
    return $localize`Move down: ${this.title()}:title:`;
  }

  protected move(by: -1 | 1): void {
    this.moved.emit(by);
    setTimeout(() => {
      const [up, down] = [...this.host.querySelectorAll('button')];
      const pressed = by < 0 ? up : down;
      (pressed?.disabled ? (by < 0 ? down : up) : pressed)?.focus();
    });
  }
}
