import { ChangeDetectionStrategy, Component, effect, inject, input } from '@angular/core';
import { RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';

import { CourseInStudio } from './course-in-studio';

/** What is around every page of a course in the studio: which course it is, and its other pages. */
@Component({
  selector: 'lms-course-frame',
  imports: [RouterLink, RouterLinkActive, RouterOutlet],
  providers: [CourseInStudio],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-frame.scss',
  template: `
    <div class="page">
      <p class="trail quiet">
        <a routerLink="/studio" i18n>Studio</a>
        <span aria-hidden="true">/</span>
        @if (studio.course(); as known) {
          <span class="title">{{ known.title }}</span>
          @if (known.published) {
            <span class="badge" i18n>Published</span>
          } @else {
            <span class="badge" i18n>Draft</span>
          }
        }
      </p>
      <nav class="tabs" aria-label="The course" i18n-aria-label>
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
export class CourseFrame {
  readonly id = input.required<string>();

  protected readonly studio = inject(CourseInStudio);
  protected readonly tabs = [
    { path: 'outline', label: $localize`Outline` },
    { path: 'quizzes', label: $localize`Quizzes` },
    { path: 'students', label: $localize`Students` },
    { path: 'statistics', label: $localize`Statistics` },
    { path: 'settings', label: $localize`Settings` },
  ];

  constructor() {
    effect(() => this.studio.open(this.id()));
  }

  /** On a phone the tabs are wider than the page. */
  protected reveal(isActive: boolean, tab: HTMLElement): void {
    if (isActive) tab.scrollIntoView({ block: 'nearest', inline: 'center' });
  }
}
