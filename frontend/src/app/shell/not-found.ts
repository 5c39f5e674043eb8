import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'lms-not-found',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>There is no such page</h1>
      <p class="lead" i18n>It may have moved, or the address has a typing error.</p>
      <a class="button" routerLink="/courses" i18n>Find a course</a>
    </div>
  `,
})
export class NotFound {}
