import { ChangeDetectionStrategy, Component, inject, input } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { CoursesApi } from './courses/courses-api';

/** What is around every page of a course in the studio: which course it is, and its other pages. */
@Component({
  selector: 'lms-course-frame',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    <div class="page">
      <p class="quiet">
        <a routerLink="/studio" i18n>Studio</a> /
        {{ course.hasValue() ? course.value().title : '…' }}
      </p>
      <nav class="tabs" [attr.aria-label]="navigation">
        @for (tab of tabs; track tab.path) {
          <a [routerLink]="tab.path" routerLinkActive ariaCurrentWhenActive="page">
            {{ tab.label }}
          </a>
        }
      </nav>
      <router-outlet />
    </div>
  `,
})
export class CourseFrame {
  readonly id = input.required<string>();

  protected readonly course = inject(CoursesApi).one(this.id);
  protected readonly navigation = $localize`The course`;
  protected readonly tabs = [
    { path: 'outline', label: $localize`Outline` },
    { path: 'quizzes', label: $localize`Quizzes` },
    { path: 'students', label: $localize`Students` },
    { path: 'statistics', label: $localize`Statistics` },
    { path: 'settings', label: $localize`Settings` },
  ];
}
