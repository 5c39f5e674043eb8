import { ChangeDetectionStrategy, Component, effect, inject, input } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { CurrentCourse } from './current-course';

/** The header and the tabs that all pages of a course in the studio share. */
@Component({
  selector: 'lms-course-layout',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  providers: [CurrentCourse],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-layout.scss',
  template: `
    <div class="page">
      <p class="trail quiet">
        <a routerLink="/studio" i18n>Studio</a>
        <span aria-hidden="true">/</span>
        @if (currentCourse.course(); as course) {
          <span class="title">{{ course.title }}</span>
          @if (course.published) {
            <span class="badge" i18n>Published</span>
          } @else {
            <span class="badge" i18n>Draft</span>
          }
        }
      </p>
      <nav class="tabs" aria-label="Course pages" i18n-aria-label>
        @for (tab of tabs; track tab.path) {
          <a
            #link
            routerLinkActive
            ariaCurrentWhenActive="page"
            [routerLink]="tab.path"
            (isActiveChange)="reveal($event, link)"
          >
            {{ tab.label }}
          </a>
        }
      </nav>
      <router-outlet />
    </div>
  `,
})
export class CourseLayout {
  readonly id = input.required<string>();

  protected readonly currentCourse = inject(CurrentCourse);
  protected readonly tabs = [
    { path: 'outline', label: $localize`Outline` },
    { path: 'quizzes', label: $localize`Quizzes` },
    { path: 'students', label: $localize`Students` },
    { path: 'statistics', label: $localize`Statistics` },
    { path: 'settings', label: $localize`Settings` },
  ];

  constructor() {
    effect(() => this.currentCourse.open(this.id()));
  }

  /** Scrolls the active tab into view, because the tabs are wider than the page on a phone. */
  protected reveal(isActive: boolean, tab: HTMLElement): void {
    if (isActive) tab.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
}
