import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  input,
  linkedSignal,
  output,
} from '@angular/core';

const PAUSE_MS = 300;
let made = 0;

/** A search as you type: says what is wanted when one pauses, or at once on Enter. */
@Component({
  selector: 'lms-search-box',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="field" role="search" (submit)="$event.preventDefault(); say()">
      <label [for]="id">{{ label() }}</label>
      <input
        #box
        type="search"
        data-keeps-focus
        autocomplete="off"
        maxlength="100"
        [id]="id"
        [value]="typed()"
        (input)="hear(box.value)"
      />
    </form>
  `,
})
export class SearchBox {
  readonly label = input.required<string>();
  readonly value = input('');
  readonly searched = output<string>();

  protected readonly id = `search-box-${++made}`;
  protected readonly typed = linkedSignal(() => this.value());
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  protected hear(text: string): void {
    this.typed.set(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.say(), PAUSE_MS);
  }

  protected say(): void {
    clearTimeout(this.timer);
    const wanted = this.typed().trim();
    if (wanted !== this.value()) this.searched.emit(wanted);
  }
}
