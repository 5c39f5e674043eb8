import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'lms-not-found',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>Page not found</h1>
      <p class="lead" i18n>It may have been moved, or the address may be wrong.</p>
      <a class="button" routerLink="/courses" i18n>Find a course</a>
    </div>
  `,
})
export class NotFound {}
