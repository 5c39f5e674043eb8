import { ChangeDetectionStrategy, Component } from '@angular/core';

@Component({
  selector: 'lms-footer',
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './footer.scss',
  template: `
    <footer>
      <p i18n>An open-source learning management system.</p>
      <p><a href="/swagger/" i18n>API documentation</a></p>
    </footer>
  `,
})
export class Footer {}
