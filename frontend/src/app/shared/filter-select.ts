import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';

import { QueryParams } from '@core/navigation/query-params';

export interface FilterOption {
  readonly value: string;
  readonly label: string;
}

/** A filter of a list, stored in a query parameter of the URL. */
@Component({
  selector: 'lms-filter-select',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: block;
    }
  `,
  template: `
    <label class="field">
      <span>{{ label() }}</span>
      <select #box (change)="choose(box.value)">
        @for (option of options(); track option.value) {
          <option [value]="option.value" [selected]="option.value === (value() ?? '')">
            {{ option.label }}
          </option>
        }
      </select>
    </label>
  `,
})
export class FilterSelect {
  readonly label = input.required<string>();
  readonly param = input.required<string>();
  readonly value = input<string>();
  readonly options = input.required<readonly FilterOption[]>();

  private readonly queryParams = inject(QueryParams);

  protected choose(value: string): void {
    this.queryParams.set({ [this.param()]: value });
  }
}
