import {
  ChangeDetectionStrategy,
  Component,
  computed,
  effect,
  inject,
  input,
  resource,
  untracked,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router } from '@angular/router';

import { Course } from '@core/api/models';
import { Session } from '@core/auth/session';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { CourseImage } from '@shared/course-image';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { CourseInStudio } from '../course-in-studio';
import { FieldLabels, Versioned, Versions } from '../versions';
import { CoursesApi } from './courses-api';

/** What a course says of itself, its picture, and its end. */
@Component({
  selector: 'lms-settings',
  imports: [
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    LoadError,
    CourseImage,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './settings.scss',
  templateUrl: './settings.html',
})
export class Settings implements HasUnsavedChanges {
  readonly id = input.required<string>();

  private readonly api = inject(CoursesApi);
  private readonly versions = inject(Versions);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly studio = inject(CourseInStudio);
  private readonly session = inject(Session);

  protected readonly read = resource({
    params: () => this.url(),
    loader: ({ params }) => this.versions.read<Course>(params),
  });
  protected readonly categories = this.api.categories();
  protected readonly known = computed(() =>
    this.categories.hasValue() ? this.categories.value().results : [],
  );
  protected readonly messageOf = errorMessageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    title: ['', [Validators.required, Validators.maxLength(255)]],
    description: ['', Validators.maxLength(10_000)],
    category: [''],
    price: ['0.00', Validators.pattern(/^\d{1,6}([.,]\d{1,2})?$/)],
  });
  protected readonly submission = new FormSubmission(this.form);
  protected readonly course = computed(() =>
    this.read.hasValue() ? this.read.value().value : undefined,
  );
  private readonly url = computed(() => `/api/courses/${this.id()}/`);

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const course = this.course();
      if (course && !this.form.dirty) untracked(() => this.show(course));
    });
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    const read = this.read.value();
    if (!read) return;
    const { title, description, category, price } = this.form.getRawValue();
    const body = { title, description, category: category || null, price: price.replace(',', '.') };
    await this.submission.submit(async () =>
      this.take(
        await this.versions.save<Course>(this.url(), body, read, shown => this.describe(shown)),
      ),
    );
  }

  protected async upload(box: HTMLInputElement): Promise<void> {
    const read = this.read.value();
    const file = box.files?.[0];
    box.value = '';
    if (!read || !file) return;
    await this.submission.run(async () => {
      await this.api.picture(this.id(), file);
      await this.refresh(read);
    });
  }

  protected async removePicture(): Promise<void> {
    const read = this.read.value();
    if (!read) return;
    await this.submission.run(async () => {
      await this.versions.save<Course>(this.url(), { image: null }, read, () => ({
        image: [$localize`Picture`, $localize`Another picture`],
      }));
      await this.refresh(read);
    });
  }

  protected async remove(): Promise<void> {
    const course = this.course();
    if (!course) return;
    const agreed = await this.confirm.ask({
      title: $localize`Delete this course?`,
      text: $localize`Its lessons and quizzes go with it. This cannot be undone.`,
      action: $localize`Delete the course`,
      isDestructive: true,
      requiredText: course.title,
    });
    if (!agreed) return;
    await this.submission.run(async () => {
      const cascade = this.session.isAdmin() && course.enrollment_count > 0;
      await this.api.remove(course.id, cascade);
      this.form.markAsPristine();
      await this.router.navigate(['/studio']);
      await this.snackbar.show($localize`The course is deleted.`);
    });
  }

  /** Shows the other picture. Who is writing goes on from what they read, so that saving still compares. */
  private async refresh(read: Versioned<Course>): Promise<void> {
    const fresh = await this.versions.read<Course>(this.url());
    const { image, image_small } = fresh.value;
    this.read.set(
      this.form.dirty ? { ...read, value: { ...read.value, image, image_small } } : fresh,
    );
    this.studio.reload();
  }

  private describe({ title, description, category, price }: Course): FieldLabels<Course> {
    const named = this.known().find(({ id }) => id === category);
    return {
      title: [$localize`Title`, title],
      description: [$localize`Description`, description ?? ''],
      category: [$localize`Category`, named?.name ?? $localize`None`],
      price: [$localize`Price`, price ?? ''],
    };
  }

  private show({ title, description, category, price }: Course): void {
    this.form.reset({ title, description, category: category ?? '', price });
  }

  private take(saved: Versioned<Course> | null): void {
    if (!saved) return;
    this.read.set(saved);
    this.show(saved.value);
    this.studio.reload();
    void this.snackbar.show($localize`Saved.`);
  }
}
