import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';

/** Links to the pages of a list; the URL has the page number as `?page=`. */
@Component({
  selector: 'lms-pager',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './pager.scss',
  template: `
    @if (pages() > 1) {
      <nav aria-label="Pages" i18n-aria-label>
        @if (page() > 1) {
          <a
            class="button outlined"
            rel="prev"
            routerLink="."
            [queryParams]="{ page: page() > 2 ? page() - 1 : null }"
            queryParamsHandling="merge"
            i18n
          >
            Previous
          </a>
        }
        <span i18n>Page {{ page() }} of {{ pages() }}</span>
        @if (page() < pages()) {
          <a
            class="button outlined"
            rel="next"
            routerLink="."
            [queryParams]="{ page: page() + 1 }"
            queryParamsHandling="merge"
            i18n
          >
            Next
          </a>
        }
      </nav>
    }
  `,
})
export class Pager {
  readonly count = input.required<number>();
  readonly size = input(20);
  /** The page number, as the URL has it. */
  readonly page = input(1, { transform: (page?: string) => Number(page) || 1 });

  protected readonly pages = computed(() => Math.ceil(this.count() / this.size()));
}
