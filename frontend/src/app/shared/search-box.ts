import {
  ChangeDetectionStrategy,
  Component,
  DestroyRef,
  inject,
  input,
  linkedSignal,
} from '@angular/core';

import { QueryParams } from '@core/navigation/query-params';

const PAUSE_MS = 300;
let nextId = 0;

/** Searches a list while typing: sets `?search=` after a pause, or at once on Enter. */
@Component({
  selector: 'lms-search-box',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <form class="field" role="search" (submit)="$event.preventDefault(); search()">
      <label [for]="id">{{ label() }}</label>
      <input
        #box
        type="search"
        data-keeps-focus
        autocomplete="off"
        maxlength="100"
        [id]="id"
        [value]="text()"
        (input)="changeText(box.value)"
      />
    </form>
  `,
})
export class SearchBox {
  readonly label = input.required<string>();
  readonly value = input<string>();

  protected readonly id = `search-box-${++nextId}`;
  protected readonly text = linkedSignal(() => this.value() ?? '');
  private readonly queryParams = inject(QueryParams);
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.timer));
  }

  protected changeText(text: string): void {
    this.text.set(text);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.search(), PAUSE_MS);
  }

  protected search(): void {
    clearTimeout(this.timer);
    const search = this.text().trim();
    if (search !== (this.value() ?? '')) this.queryParams.set({ search });
  }
}
