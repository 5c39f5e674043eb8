import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Category, categoriesResource } from '@core/api/categories';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { ManageApi } from './manage-api';

/** Manages the categories of courses. */
@Component({
  selector: 'lms-categories',
  imports: [
    NgTemplateOutlet,
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    EmptyState,
    LoadError,
    Skeleton,
    TextField,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './categories.scss',
  templateUrl: './categories.html',
})
export class Categories {
  private readonly api = inject(ManageApi);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly categories = categoriesResource();
  protected readonly edited = signal<Category | 'new' | null>(null);
  protected readonly messageOf = errorMessageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.maxLength(100)]],
    description: [''],
  });
  protected readonly submission = new FormSubmission(this.form);

  /** Opens the form for a category or a new one, or closes it, and moves the focus. */
  protected edit(target: Category | 'new' | null): void {
    const previous = this.edited();
    this.submission.reset();
    this.form.reset(target === 'new' ? undefined : (target ?? undefined));
    this.edited.set(target);
    const focusTarget = target
      ? 'form input'
      : `#edit-${previous === 'new' ? previous : previous?.id}`;
    setTimeout(() => this.host.querySelector<HTMLElement>(focusTarget)?.focus());
  }

  protected async save(): Promise<void> {
    await this.submission.submit(async () => {
      const edited = this.edited();
      const body = this.form.getRawValue();
      if (edited === 'new') await this.api.addCategory(body);
      else if (edited) await this.api.changeCategory(edited.id, body);
      this.edit(null);
      this.categories.reload();
      await this.snackbar.show($localize`Saved.`);
    });
  }

  protected async remove(category: Category): Promise<void> {
    const isConfirmed = await this.confirm.ask({
      title: $localize`Delete this category?`,
      text: $localize`Courses in “${category.name}:name:” are kept without a category.`,
      action: $localize`Delete category`,
      isDestructive: true,
    });
    if (!isConfirmed) return;
    await this.submission.run(async () => {
      await this.api.removeCategory(category.id);
      this.categories.reload();
      await this.snackbar.show($localize`“${category.name}:name:” was deleted.`);
    });
  }
}
