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
import { UserPicture } from '@shared/user-picture';
import { CatalogApi } from './catalog-api';

/** A course with the enrollment of the current user. */
@Component({
  selector: 'lms-course-page',
  imports: [
    DecimalPipe,
    PercentPipe,
    RouterLink,
    LoadError,
    DurationPipe,
    CourseImage,
    Skeleton,
    UserPicture,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './course-page.scss',
  templateUrl: './course-page.html',
})
export class CoursePage {
  readonly id = input.required<string>();
  /** Set when returning from signing in to enroll. */
  readonly enroll = input<string>();

  private readonly api = inject(CatalogApi);
  private readonly router = inject(Router);
  private readonly pageMetadata = inject(PageMetadata);
  private readonly confirm = inject(Confirm);
  private readonly snackbar = inject(Snackbar);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly enrollButton = viewChild<ElementRef<HTMLElement>>('enrollButton');
  protected readonly session = inject(Session);

  protected readonly course = this.api.course(this.id);
  protected readonly outline = this.api.outline(this.id);
  protected readonly enrollments = this.api.enrollment(this.id);
  protected readonly busy = signal(false);
  private readonly isSessionKnown = signal(false);
  /** Whether the user is enrolled is not known yet. */
  protected readonly isEnrollmentLoading = computed(
    () => !this.isSessionKnown() || this.enrollments.status() === 'loading',
  );
  protected readonly enrollment = computed(() =>
    this.enrollments.hasValue() ? (this.enrollments.value().results[0] ?? null) : null,
  );
  protected readonly isInstructor = computed(() => {
    const user = this.session.user();
    if (!user || !this.course.hasValue()) return false;
    return user.is_admin || this.course.value().instructor?.id === user.id;
  });
  protected readonly lessons = computed(() =>
    this.outline.hasValue() ? this.outline.value() : [],
  );
  protected readonly hasPreviews = computed(() => this.lessons().some(lesson => lesson.is_preview));
  protected readonly minutes = computed(() =>
    this.lessons().reduce((sum, lesson) => sum + lesson.duration_minutes, 0),
  );
  protected readonly isFree = computed(
    () => this.course.hasValue() && Number(this.course.value().price) === 0,
  );
  protected readonly isMissing = computed(() => {
    const error = this.course.error();
    return error instanceof ApiError && error.status === 404;
  });
  protected readonly signInParams = computed(() => ({ next: `/courses/${this.id()}?enroll=1` }));

  constructor() {
    void this.session.whenReady().finally(() => this.isSessionKnown.set(true));
    effect(() => {
      if (!this.course.hasValue()) return;
      const { title, description } = this.course.value();
      this.pageMetadata.setTitle(title);
      this.pageMetadata.setDescription(description || title);
    });
    effect(() => {
      if (this.enroll()) this.enrollButton()?.nativeElement.focus();
    });
  }

  protected async enrollInCourse(): Promise<void> {
    this.busy.set(true);
    try {
      await this.api.enroll(this.id());
      await this.snackbar.show($localize`You are enrolled.`);
      await this.router.navigate(['/learn', this.id()]);
    } catch (error) {
      await this.errorReporter.report(error);
      this.enrollments.reload();
    } finally {
      this.busy.set(false);
    }
  }

  protected async leave(enrollment: string): Promise<void> {
    const isConfirmed = await this.confirm.ask({
      title: $localize`Leave this course?`,
      text: $localize`Your progress is saved. If you enroll again, you can continue where you left off.`,
      action: $localize`Leave course`,
      isDestructive: true,
    });
    if (!isConfirmed) return;
    try {
      await this.api.leave(enrollment);
      await this.snackbar.show($localize`You have left the course.`);
    } catch (error) {
      await this.errorReporter.report(error);
    }
    this.enrollments.reload();
    this.course.reload();
  }
}
