import { ChangeDetectionStrategy, Component } from '@angular/core';

@Component({
  selector: 'lms-outline',
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `<h1 i18n>Outline</h1>`,
})
export class Outline {}
