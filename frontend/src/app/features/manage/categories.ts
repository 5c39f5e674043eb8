import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { Category, ManageApi } from './manage-api';

/** The subjects that courses are sorted by. */
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
  protected readonly categories = this.api.categories();
  protected readonly edited = signal<Category | 'new' | null>(null);
  protected readonly messageOf = errorMessageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.maxLength(100)]],
    description: [''],
  });
  protected readonly submission = new FormSubmission(this.form);

  /** Opens the form for one, a new one, or closes it; the focus goes along. */
  protected edit(what: Category | 'new' | null): void {
    const before = this.edited();
    this.submission.reset();
    this.form.reset(what === 'new' ? undefined : (what ?? undefined));
    this.edited.set(what);
    const place = what ? 'form input' : `#edit-${before === 'new' ? before : before?.id}`;
    setTimeout(() => this.host.querySelector<HTMLElement>(place)?.focus());
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
    const agreed = await this.confirm.ask({
      title: $localize`Delete this category?`,
      text: $localize`The courses of “${category.name}:name:” stay, without a category.`,
      action: $localize`Delete the category`,
      isDestructive: true,
    });
    if (!agreed) return;
    await this.submission.run(async () => {
      await this.api.removeCategory(category.id);
      this.categories.reload();
      await this.snackbar.show($localize`“${category.name}:name:” is deleted.`);
    });
  }
}
