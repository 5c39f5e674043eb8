import { NgTemplateOutlet } from '@angular/common';
import { ChangeDetectionStrategy, Component, ElementRef, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { Notes } from '@core/notes/notes';
import { Confirm } from '@shared/confirm';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { messageOf } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { Submission } from '@shared/submission';
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
    Empty,
    Failed,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './categories.scss',
  templateUrl: './categories.html',
})
export class Categories {
  private readonly api = inject(ManageApi);
  private readonly notes = inject(Notes);
  private readonly confirm = inject(Confirm);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly categories = this.api.categories();
  protected readonly edited = signal<Category | 'new' | null>(null);
  protected readonly messageOf = messageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.maxLength(100)]],
    description: [''],
  });
  protected readonly submission = new Submission(this.form);

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
    await this.submission.send(async () => {
      const edited = this.edited();
      const body = this.form.getRawValue();
      if (edited === 'new') await this.api.addCategory(body);
      else if (edited) await this.api.changeCategory(edited.id, body);
      this.edit(null);
      this.categories.reload();
      await this.notes.say($localize`Saved.`);
    });
  }

  protected async remove(category: Category): Promise<void> {
    const agreed = await this.confirm.ask({
      title: $localize`Delete this category?`,
      text: $localize`The courses of “${category.name}:name:” stay, without a category.`,
      action: $localize`Delete the category`,
      isGrave: true,
    });
    if (!agreed) return;
    await this.submission.run(async () => {
      await this.api.removeCategory(category.id);
      this.categories.reload();
      await this.notes.say($localize`“${category.name}:name:” is deleted.`);
    });
  }
}
