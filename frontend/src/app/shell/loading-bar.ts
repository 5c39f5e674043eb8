import { ChangeDetectionStrategy, Component, inject } from '@angular/core';

import { Loading } from '@core/http/loading';

@Component({
  selector: 'lms-loading-bar',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './loading-bar.scss',
  host: { 'aria-hidden': 'true', '[class.busy]': 'loading.isBusy()' },
  template: '',
})
export class LoadingBar {
  protected readonly loading = inject(Loading);
}
