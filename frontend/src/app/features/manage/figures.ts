import { DecimalPipe, PercentPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';

import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { ManageApi } from './manage-api';

/** The totals of the whole site, up to one minute old. */
@Component({
  selector: 'lms-figures',
  imports: [DecimalPipe, PercentPipe, RouterLink, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './figures.scss',
  templateUrl: './figures.html',
})
export class Figures {
  private readonly api = inject(ManageApi);
  protected readonly dashboard = this.api.dashboard();
  protected readonly requests = this.api.users(
    signal({ instructor_requested: 'true', page_size: '1' }),
  );
  protected readonly totals = computed(() =>
    this.dashboard.hasValue() ? this.dashboard.value().admin : undefined,
  );
}
