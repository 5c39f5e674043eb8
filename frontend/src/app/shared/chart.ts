import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, input } from '@angular/core';

import { ChartCanvas } from './chart-canvas';

export interface Series {
  readonly label: string;
  /** One value per label of the chart; null for no value. */
  readonly values: readonly (number | null)[];
}

/** Data as a chart and as an accessible table; Chart.js is loaded when the chart becomes visible. */
@Component({
  selector: 'lms-chart',
  imports: [ChartCanvas, DecimalPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './chart.scss',
  templateUrl: './chart.html',
})
export class Chart {
  readonly title = input.required<string>();
  readonly kind = input<'bar' | 'line'>('bar');
  /** The heading of the column of labels. */
  readonly labelHeading = input.required<string>();
  readonly labels = input.required<readonly string[]>();
  readonly series = input.required<readonly Series[]>();
  /** The top of the scale, for example 100 for percentages. */
  readonly max = input<number>();
}
