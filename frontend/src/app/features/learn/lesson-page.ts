import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { LessonsApi } from './lessons-api';

@Component({
  selector: 'lms-lesson-page',
  imports: [RouterLink, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <h1 i18n>Lessons</h1>
      @if (outline.error(); as error) {
        <lms-failed [error]="error" (retry)="outline.reload()" />
      } @else if (outline.isLoading()) {
        <lms-skeleton [count]="6" />
      } @else {
        <ol>
          @for (one of outline.value(); track one.id) {
            <li [attr.aria-current]="one.id === lesson() ? 'page' : null">
              <a [routerLink]="['/learn', course(), one.id]">{{ one.title }}</a>
            </li>
          }
        </ol>
      }
    </div>
  `,
})
export class LessonPage {
  readonly course = input.required<string>();
  readonly lesson = input<string>();

  protected readonly outline = inject(LessonsApi).outline(this.course);
}
