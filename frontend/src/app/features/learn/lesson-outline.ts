import { ChangeDetectionStrategy, Component, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Outline } from '@core/api/models';
import { Minutes } from '@shared/minutes';

/** A course's lessons, with which of them one has completed. */
@Component({
  selector: 'lms-lesson-outline',
  imports: [RouterLink, Minutes],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './lesson-outline.scss',
  template: `
    <ol>
      @for (lesson of outline(); track lesson.id) {
        <li>
          <a
            [routerLink]="['/learn', course(), lesson.id]"
            [attr.aria-current]="lesson.id === current() ? 'page' : null"
          >
            <span class="tick" [class.done]="completed().includes(lesson.id)" aria-hidden="true">
              {{ completed().includes(lesson.id) ? '✓' : lesson.position }}
            </span>
            <span class="title">
              {{ lesson.title }}
              @if (completed().includes(lesson.id)) {
                <span class="visually-hidden" i18n>(completed)</span>
              }
              <span class="quiet">
                @if (lesson.duration_minutes) {
                  {{ lesson.duration_minutes | minutes }}
                }
                @if (lesson.is_preview && !isEnrolled()) {
                  <span class="badge" i18n>Preview</span>
                }
              </span>
            </span>
          </a>
        </li>
      }
    </ol>
  `,
})
export class LessonOutline {
  readonly course = input.required<string>();
  readonly outline = input.required<Outline>();
  readonly current = input<string>();
  readonly completed = input.required<readonly string[]>();
  readonly isEnrolled = input.required<boolean>();
}
