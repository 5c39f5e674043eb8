import { ChangeDetectionStrategy, Component } from '@angular/core';
import { RouterLink } from '@angular/router';

@Component({
  selector: 'lms-forbidden',
  imports: [RouterLink],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>This is not for your account</h1>
      <p class="lead" i18n>Your account has no access to this page.</p>
      <a class="button" routerLink="/" i18n>To the start page</a>
    </div>
  `,
})
export class Forbidden {}
