import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  input,
  viewChild,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { Lesson } from '@core/api/models';
import { Session } from '@core/auth/session';
import { Prose } from '@shared/prose';

import { Video } from './video';

/** The content of a lesson or, without access, how to enroll. */
@Component({
  selector: 'lms-lesson-text',
  imports: [RouterLink, Prose, Video],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (isLocked()) {
      <div class="card">
        <h2 i18n>Enroll to read this lesson</h2>
        <p i18n>
          This lesson is available only to students of the course. Preview lessons are open to
          everyone.
        </p>
        <div class="actions">
          <a class="button" [routerLink]="['/courses', lesson().course]" i18n
            >View course and enroll</a
          >
          @if (!session.isSignedIn()) {
            <a class="button outlined" routerLink="/login" [queryParams]="{ next: lessonUrl() }">
              <ng-container i18n>Sign in</ng-container>
            </a>
          }
        </div>
      </div>
    } @else {
      @if (lesson().embed_url || lesson().video_url) {
        <lms-video
          [lesson]="lesson().title"
          [embed]="lesson().embed_url"
          [link]="lesson().video_url"
        />
      }
      <div #textElement>
        @if (lesson().content_html; as html) {
          <lms-prose [html]="html" />
        } @else if (!lesson().video_url) {
          <p class="quiet" i18n>This lesson has no text yet.</p>
        }
      </div>
    }
  `,
})
export class LessonText {
  readonly lesson = input.required<Lesson>();
  /** The element of the text; undefined without access. */
  readonly textElement = viewChild<ElementRef<HTMLElement>>('textElement');

  protected readonly session = inject(Session);
  protected readonly isLocked = computed(() => this.lesson().content_html === null);
  protected readonly lessonUrl = computed(
    () => `/learn/${this.lesson().course}/${this.lesson().id}`,
  );
}
