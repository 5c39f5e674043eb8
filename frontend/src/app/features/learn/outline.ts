import { PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  afterRenderEffect,
  computed,
  inject,
  input,
  linkedSignal,
} from '@angular/core';
import { RouterLink } from '@angular/router';

import { DurationPipe } from '@shared/duration';
import { Course } from './learn-models';

/** A course's lessons beside the text; on a phone behind a button. */
@Component({
  selector: 'lms-outline',
  imports: [RouterLink, PercentPipe, DurationPipe],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './outline.scss',
  template: `
    <p class="course">
      <a [routerLink]="['/courses', course().id]">{{ course().title }}</a>
    </p>
    @if (course().summary; as summary) {
      <progress
        max="100"
        [value]="summary.percentage"
        aria-label="Progress in the course"
        i18n-aria-label
      ></progress>
      <p class="quiet figures">
        <span i18n>{{ summary.completed }} of {{ summary.total }} lessons</span>
        <span>{{ summary.percentage / 100 | percent }}</span>
      </p>
    }
    <button
      class="button outlined"
      type="button"
      aria-controls="lessons-of-course"
      [attr.aria-expanded]="isOpen()"
      (click)="isOpen.set(!isOpen())"
      i18n
    >
      All lessons
    </button>
    <nav id="lessons-of-course" [class.open]="isOpen()" aria-label="Lessons" i18n-aria-label>
      <ol>
        @for (lesson of course().outline; track lesson.id) {
          <li>
            <a
              [routerLink]="['/learn', course().id, lesson.id]"
              [attr.aria-current]="lesson.id === current() ? 'page' : null"
            >
              @if (course().summary) {
                <span
                  class="tick"
                  aria-hidden="true"
                  [class.done]="completed().has(lesson.id)"
                ></span>
              }
              <span class="name">
                {{ lesson.title }}
                @if (completed().has(lesson.id)) {
                  <span class="visually-hidden" i18n>(completed)</span>
                }
                <span class="facts">
                  @if (lesson.duration_minutes > 0) {
                    <span>{{ lesson.duration_minutes | duration }}</span>
                  }
                  @if (lesson.is_preview) {
                    <span class="badge" i18n>Preview</span>
                  }
                </span>
              </span>
            </a>
          </li>
        }
      </ol>
    </nav>
  `,
})
export class Outline {
  readonly course = input.required<Course>();
  readonly current = input<string>();

  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly isOpen = linkedSignal({ source: this.current, computation: () => false });
  protected readonly completed = computed(
    () => new Set(this.course().summary?.completed_lessons ?? []),
  );

  constructor() {
    afterRenderEffect(() => {
      this.current();
      this.showCurrent();
    });
  }

  /** Scrolls the list, and never the page. */
  private showCurrent(): void {
    const list = this.host;
    const link = list.querySelector<HTMLElement>('[aria-current]');
    if (!link) return;
    const [within, where] = [list.getBoundingClientRect(), link.getBoundingClientRect()];
    if (where.top < within.top || where.bottom > within.bottom) {
      list.scrollTop += where.top - within.top - within.height / 3;
    }
  }
}
