import {
  ChangeDetectionStrategy,
  Component,
  DOCUMENT,
  ElementRef,
  LOCALE_ID,
  afterRenderEffect,
  inject,
  input,
  viewChild,
} from '@angular/core';
import {
  BarController,
  BarElement,
  CategoryScale,
  Chart,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  Tooltip,
} from 'chart.js';

import { ThemePreference } from '@core/theme/theme-preference';
import type { Series } from './chart';

Chart.register(
  BarController,
  BarElement,
  CategoryScale,
  Legend,
  LineController,
  LineElement,
  LinearScale,
  PointElement,
  Tooltip,
);

const TINTS = ['--mat-sys-primary', '--mat-sys-tertiary', '--mat-sys-secondary'];

/** Draws a chart in the colors of the theme, and redraws it when the theme changes. */
@Component({
  selector: 'lms-chart-canvas',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styles: `
    :host {
      display: block;
      block-size: 100%;
    }

    canvas {
      transition-property: none; // Otherwise its color would be read during the transition.
    }
  `,
  template: `<canvas #canvas></canvas>`,
})
export class ChartCanvas {
  readonly kind = input.required<'bar' | 'line'>();
  readonly labels = input.required<readonly string[]>();
  readonly series = input.required<readonly Series[]>();
  readonly max = input<number>();

  private readonly canvas = viewChild.required<ElementRef<HTMLCanvasElement>>('canvas');
  private readonly theme = inject(ThemePreference);
  private readonly locale = inject(LOCALE_ID);
  private readonly window = inject(DOCUMENT).defaultView as Window & typeof globalThis;

  constructor() {
    afterRenderEffect(onCleanup => {
      this.theme.isDark();
      const chart = this.draw();
      onCleanup(() => chart.destroy());
    });
  }

  private draw(): Chart {
    const canvas = this.canvas().nativeElement;
    const styles = this.window.getComputedStyle(canvas);
    // A canvas cannot parse `light-dark(…)`, so the browser resolves the token.
    const tint = (token: string) => {
      canvas.style.color = `var(${token})`;
      return styles.color;
    };
    const [text, grid] = [tint('--mat-sys-on-surface-variant'), tint('--mat-sys-outline-variant')];
    return new Chart(canvas, {
      type: this.kind(),
      data: {
        labels: [...this.labels()],
        datasets: this.series().map(({ label, values }, index) => {
          const color = tint(TINTS[index % TINTS.length] ?? '');
          return { label, data: [...values], backgroundColor: color, borderColor: color };
        }),
      },
      options: {
        animation: false,
        maintainAspectRatio: false,
        locale: this.locale,
        color: text,
        borderColor: grid,
        plugins: { legend: { display: this.series().length > 1, labels: { color: text } } },
        scales: {
          x: { ticks: { color: text }, grid: { display: false } },
          y: {
            beginAtZero: true,
            max: this.max(),
            ticks: { color: text, precision: 0 },
            grid: { color: grid },
          },
        },
      },
    });
  }
}
