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
import { TextField } from '@shared/text-field';
import { HasUnsavedChanges, confirmBeforeUnload } from '@shared/unsaved-changes';
import { CurrentCourse } from '../current-course';
import { EtagClient, FieldLabels, Versioned } from '../etag-client';
import { CoursesApi } from './courses-api';

/** Edits the details and the image of a course, and deletes it. */
@Component({
  selector: 'lms-settings',
  imports: [
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    LoadError,
    CourseImage,
    Skeleton,
    TextField,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './settings.scss',
  templateUrl: './settings.html',
})
export class Settings implements HasUnsavedChanges {
  readonly id = input.required<string>();

  private readonly api = inject(CoursesApi);
  private readonly etagClient = inject(EtagClient);
  private readonly router = inject(Router);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly currentCourse = inject(CurrentCourse);
  private readonly session = inject(Session);

  protected readonly storedCourse = resource({
    params: () => this.url(),
    loader: ({ params }) => this.etagClient.read<Course>(params),
  });
  private readonly categoryPage = this.api.categories();
  protected readonly categories = computed(() =>
    this.categoryPage.hasValue() ? this.categoryPage.value().results : [],
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
    this.storedCourse.hasValue() ? this.storedCourse.value().value : undefined,
  );
  private readonly url = computed(() => `/api/courses/${this.id()}/`);

  constructor() {
    confirmBeforeUnload(this);
    effect(() => {
      const course = this.course();
      if (course && !this.form.dirty) untracked(() => this.fillForm(course));
    });
  }

  hasUnsavedChanges(): boolean {
    return this.form.dirty;
  }

  protected async save(): Promise<void> {
    const base = this.storedCourse.value();
    if (!base) return;
    const { title, description, category, price } = this.form.getRawValue();
    const body = { title, description, category: category || null, price: price.replace(',', '.') };
    await this.submission.submit(async () =>
      this.applySaved(
        await this.etagClient.save<Course>(this.url(), body, base, course =>
          this.labelFields(course),
        ),
      ),
    );
  }

  protected async upload(input: HTMLInputElement): Promise<void> {
    const base = this.storedCourse.value();
    const file = input.files?.[0];
    input.value = '';
    if (!base || !file) return;
    await this.submission.run(async () => {
      await this.api.uploadImage(this.id(), file);
      await this.refreshImage(base);
    });
  }

  protected async removeImage(): Promise<void> {
    const base = this.storedCourse.value();
    if (!base) return;
    await this.submission.run(async () => {
      await this.etagClient.save<Course>(this.url(), { image: null }, base, () => ({
        image: [$localize`Course image`, $localize`Another image`],
      }));
      await this.refreshImage(base);
    });
  }

  protected async remove(): Promise<void> {
    const course = this.course();
    if (!course) return;
    const confirmed = await this.confirm.ask({
      title: $localize`Delete this course?`,
      text: $localize`This also deletes its lessons and quizzes and cannot be undone.`,
      action: $localize`Delete course`,
      isDestructive: true,
      requiredText: course.title,
    });
    if (!confirmed) return;
    await this.submission.run(async () => {
      const cascade = this.session.isAdmin() && course.enrollment_count > 0;
      await this.api.remove(course.id, cascade);
      this.form.markAsPristine();
      await this.router.navigate(['/studio']);
      await this.snackbar.show($localize`Course deleted.`);
    });
  }

  /** Shows the new image; a changed form keeps its ETag, so that saving still detects conflicts. */
  private async refreshImage(base: Versioned<Course>): Promise<void> {
    const fresh = await this.etagClient.read<Course>(this.url());
    const { image, image_small } = fresh.value;
    this.storedCourse.set(
      this.form.dirty ? { ...base, value: { ...base.value, image, image_small } } : fresh,
    );
    this.currentCourse.reload();
  }

  private labelFields({ title, description, category, price }: Course): FieldLabels<Course> {
    const current = this.categories().find(({ id }) => id === category);
    return {
      title: [$localize`Title`, title],
      description: [$localize`Description`, description ?? ''],
      category: [$localize`Category`, current?.name ?? $localize`None`],
      price: [$localize`Price`, price ?? ''],
    };
  }

  private fillForm({ title, description, category, price }: Course): void {
    this.form.reset({ title, description, category: category ?? '', price });
  }

  private applySaved(saved: Versioned<Course> | null): void {
    if (!saved) return;
    this.storedCourse.set(saved);
    this.fillForm(saved.value);
    this.currentCourse.reload();
    void this.snackbar.show($localize`Saved.`);
  }
}
