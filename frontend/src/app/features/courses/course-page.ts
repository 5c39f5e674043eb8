import { DecimalPipe, PercentPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  signal,
  viewChild,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Session } from '@core/auth/session';
import { ApiError } from '@core/errors/api-error';
import { ErrorReporter } from '@core/errors/error-reporter';
import { PageMetadata } from '@core/navigation/page-metadata';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { LoadError } from '@shared/load-error';
import { DurationPipe } from '@shared/duration';
import { CourseImage } from '@shared/course-image';
import { Skeleton } from '@shared/skeleton';
import { CoursesApi } from './courses-api';

/** A course as whoever may take it sees it, and one's own place in it. */
@Component({
  selector: 'lms-course-page',
  imports: [DecimalPipe, PercentPipe, RouterLink, LoadError, DurationPipe, CourseImage, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-page.scss',
  templateUrl: './course-page.html',
})
export class CoursePage {
  readonly id = input.required<string>();
  /** Set on the way back from signing in, where one wanted to enrol. */
  readonly enrol = input<string>();

  private readonly api = inject(CoursesApi);
  private readonly router = inject(Router);
  private readonly pageMetadata = inject(PageMetadata);
  private readonly confirm = inject(Confirm);
  private readonly snackbar = inject(Snackbar);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly enrolButton = viewChild<ElementRef<HTMLElement>>('enrolButton');
  protected readonly session = inject(Session);

  protected readonly course = this.api.one(this.id);
  protected readonly outline = this.api.outline(this.id);
  protected readonly places = this.api.place(this.id);
  protected readonly busy = signal(false);
  private readonly isSessionKnown = signal(false);
  /** Whether one takes the course is not known yet. */
  protected readonly isWaiting = computed(
    () => !this.isSessionKnown() || this.places.status() === 'loading',
  );
  protected readonly place = computed(() =>
    this.places.hasValue() ? (this.places.value().results[0] ?? null) : null,
  );
  protected readonly isTeacher = computed(() => {
    const user = this.session.user();
    if (!user || !this.course.hasValue()) return false;
    return user.is_admin || this.course.value().instructor?.id === user.id;
  });
  protected readonly lessons = computed(() =>
    this.outline.hasValue() ? this.outline.value() : [],
  );
  protected readonly hasPreviews = computed(() => this.lessons().some(one => one.is_preview));
  protected readonly minutes = computed(() =>
    this.lessons().reduce((sum, lesson) => sum + lesson.duration_minutes, 0),
  );
  protected readonly isFree = computed(
    () => this.course.hasValue() && Number(this.course.value().price) === 0,
  );
  protected readonly isHidden = computed(() => {
    const error = this.course.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly signInParams = computed(() => ({ next: `/courses/${this.id()}?enrol=1` }));

  constructor() {
    void this.session.whenReady().finally(() => this.isSessionKnown.set(true));
    effect(() => {
      if (!this.course.hasValue()) return;
      const { title, description } = this.course.value();
      this.pageMetadata.setTitle(title);
      this.pageMetadata.setDescription(description || title);
    });
    effect(() => {
      if (this.enrol()) this.enrolButton()?.nativeElement.focus();
    });
  }

  protected async join(): Promise<void> {
    this.busy.set(true);
    try {
      await this.api.enrol(this.id());
      await this.snackbar.show($localize`You are enrolled. Have a good time!`);
      await this.router.navigate(['/learn', this.id()]);
    } catch (error) {
      await this.errorReporter.report(error);
      this.places.reload();
    } finally {
      this.busy.set(false);
    }
  }

  protected async leave(enrollment: string): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Leave this course?`,
      text: $localize`What you have completed is kept. If you come back, you go on from there.`,
      action: $localize`Leave the course`,
      isDestructive: true,
    });
    if (!agreed) return;
    try {
      await this.api.leave(enrollment);
      await this.snackbar.show($localize`You have left the course.`);
    } catch (error) {
      await this.errorReporter.report(error);
    }
    this.places.reload();
    this.course.reload();
  }
}
