import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'lms-forbidden',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>Access denied</h1>
      <p class="lead" i18n>You don’t have permission to view this page.</p>
      <a class="button" routerLink="/" i18n>Go to the home page</a>
    </div>
  `,
})
export class Forbidden {}
