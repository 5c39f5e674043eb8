import { DecimalPipe } from '@angular/common';
import { ChangeDetectionStrategy, Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';

import { Course } from '@core/api/models';
import { CourseImage } from './course-image';

/** A course in a list; the page sets the level of its heading. */
@Component({
  selector: 'lms-course-card',
  imports: [DecimalPipe, RouterLink, CourseImage],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrls: ['./media-card.scss', './course-card.scss'],
  template: `
    <lms-course-image [url]="course().image_small" [title]="course().title" [isFirst]="isFirst()" />
    <div class="text">
      <p class="title" role="heading" [attr.aria-level]="level()">
        <a [routerLink]="['/courses', course().id]">{{ course().title }}</a>
      </p>
      <p class="quiet facts">
        <span i18n>
          {course().lesson_count, plural, =1 {1 lesson} other {{{ course().lesson_count }} lessons}}
        </span>
        <span i18n>
          {course().enrollment_count, plural,
            =1 {1 student}
            other {{{ course().enrollment_count }} students}
          }
        </span>
        <span class="price">
          <span class="visually-hidden" i18n>Price</span>
          @if (isFree()) {
            <ng-container i18n>Free</ng-container>
          } @else {
            {{ course().price | number: '1.2-2' }}
          }
        </span>
      </p>
      <ng-content />
    </div>
  `,
})
export class CourseCard {
  readonly course = input.required<Course>();
  readonly level = input(2);
  readonly isFirst = input(false);

  protected readonly isFree = computed(() => Number(this.course().price) === 0);
}
