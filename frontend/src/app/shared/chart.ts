import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { ChartCanvas } from './chart-canvas';

export interface Series {
  readonly label: string;
  /** One for each of the chart's labels; null where there is none. */
  readonly values: readonly (number | null)[];
}

/** Figures as a picture, and as a table for those who cannot see it; Chart.js comes when it is seen. */
@Component({
  selector: 'lms-chart',
  imports: [ChartCanvas, DecimalPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './chart.scss',
  template: `
    <figure>
      <figcaption>{{ title() }}</figcaption>
      <div class="canvas">
        @defer (on viewport) {
          <lms-chart-canvas
            aria-hidden="true"
            [kind]="kind()"
            [labels]="labels()"
            [series]="series()"
            [max]="max()"
          />
        } @placeholder {
          <div></div>
        }
      </div>
      <details>
        <summary i18n>Show the figures as a table</summary>
        <div class="table" tabindex="0" role="region" [attr.aria-label]="title()">
          <table>
            <caption class="visually-hidden">
              {{
                title()
              }}
            </caption>
            <thead>
              <tr>
                <th scope="col">{{ labelHeading() }}</th>
                @for (one of series(); track one.label) {
                  <th scope="col">{{ one.label }}</th>
                }
              </tr>
            </thead>
            <tbody>
              @for (label of labels(); track $index; let row = $index) {
                <tr>
                  <th scope="row">{{ label }}</th>
                  @for (one of series(); track one.label) {
                    <td>{{ (one.values[row] | number: '1.0-2') ?? '–' }}</td>
                  }
                </tr>
              }
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  `,
})
export class Chart {
  readonly title = input.required<string>();
  readonly kind = input<'bar' | 'line'>('bar');
  /** What the labels are: the heading of their column. */
  readonly labelHeading = input.required<string>();
  readonly labels = input.required<readonly string[]>();
  readonly series = input.required<readonly Series[]>();
  /** The greatest value that there can be, as 100 for percentages. */
  readonly max = input<number>();
}
