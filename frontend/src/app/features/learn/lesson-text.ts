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

/** What a lesson teaches or, to whoever may not read it, how to enrol. */
@Component({
  selector: 'lms-lesson-text',
  imports: [RouterLink, Prose, Video],
  changeDetection: ChangeDetectionStrategy.OnPush,
  template: `
    @if (isClosed()) {
      <div class="card">
        <h2 i18n>This lesson is for those who take the course</h2>
        <p i18n>
          Enrol on the course’s page to read all of its lessons. Those that are marked as previews
          are open to everyone.
        </p>
        <div class="actions">
          <a class="button" [routerLink]="['/courses', lesson().course]" i18n
            >See the course and enrol</a
          >
          @if (!session.isSignedIn()) {
            <a class="button outlined" routerLink="/login" [queryParams]="{ next: address() }">
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
      <div #reading>
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
  /** The text as it is laid out; nothing where it is closed. */
  readonly reading = viewChild<ElementRef<HTMLElement>>('reading');

  protected readonly session = inject(Session);
  protected readonly isClosed = computed(() => this.lesson().content_html === null);
  protected readonly address = computed(() => `/learn/${this.lesson().course}/${this.lesson().id}`);
}
