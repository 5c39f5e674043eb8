import { ChangeDetectionStrategy, Component, ElementRef, inject, signal } from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { RouterLink } from '@angular/router';

import { ApiError } from '@core/errors/api-error';
import { Failures } from '@core/errors/failures';
import { Notes } from '@core/notes/notes';
import { Confirm } from '@shared/confirm';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { focusFirstWrong, messageOf, showFieldErrors } from '@shared/form-errors';
import { Skeleton } from '@shared/skeleton';
import { Category, ManageApi } from './manage-api';

/** The subjects that courses are sorted by. */
@Component({
  selector: 'lms-categories',
  imports: [
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
  template: `
    <h1 i18n>Categories</h1>
    @if (categories.error(); as error) {
      <lms-failed [error]="error" (retry)="categories.reload()" />
    } @else if (categories.isLoading() && categories.value().results.length === 0) {
      <lms-skeleton [count]="7" height="9rem" />
    } @else {
      <ul>
        @for (one of categories.value().results; track one.id) {
          <li class="card">
            <div class="text">
              <p class="name">{{ one.name }}</p>
              @if (one.description) {
                <p class="quiet">{{ one.description }}</p>
              }
              <p>
                <a routerLink="/courses" [queryParams]="{ category: one.id }" i18n>
                  {one.course_count, plural, =1 {1 course} other {{{ one.course_count }} courses}}
                </a>
              </p>
            </div>
            <p class="actions">
              <button class="button outlined" type="button" (click)="edit(one)">
                <ng-container i18n>Edit</ng-container>
                <span class="visually-hidden">: {{ one.name }}</span>
              </button>
              <button
                class="button outlined grave"
                type="button"
                [disabled]="busy()"
                (click)="remove(one)"
              >
                <ng-container i18n>Delete</ng-container>
                <span class="visually-hidden">: {{ one.name }}</span>
              </button>
            </p>
          </li>
        }
      </ul>
      @if (categories.value().count === 0) {
        <lms-empty title="There are no categories yet." i18n-title />
      }
    }
    <form class="card" [formGroup]="form" (ngSubmit)="save()">
      <h2>
        @if (edited()) {
          <ng-container i18n>Edit a category</ng-container>
        } @else {
          <ng-container i18n>A new category</ng-container>
        }
      </h2>
      @if (wrong(); as message) {
        <p class="notice wrong" role="alert">{{ message }}</p>
      }
      <mat-form-field>
        <mat-label i18n>Name</mat-label>
        <input matInput formControlName="name" maxlength="100" autocomplete="off" required />
        <mat-error>{{ messageOf(form.controls.name) }}</mat-error>
      </mat-form-field>
      <mat-form-field>
        <mat-label i18n>Description</mat-label>
        <textarea matInput formControlName="description" rows="2"></textarea>
        <mat-error>{{ messageOf(form.controls.description) }}</mat-error>
      </mat-form-field>
      <p class="actions">
        <button class="button" [disabled]="busy()" i18n>Save</button>
        @if (edited()) {
          <button class="button outlined" type="button" (click)="edit(null)" i18n>Cancel</button>
        }
      </p>
    </form>
  `,
})
export class Categories {
  private readonly api = inject(ManageApi);
  private readonly notes = inject(Notes);
  private readonly confirm = inject(Confirm);
  private readonly failures = inject(Failures);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly categories = this.api.categories();
  protected readonly edited = signal<Category | null>(null);
  protected readonly busy = signal(false);
  protected readonly wrong = signal('');
  protected readonly messageOf = messageOf;
  protected readonly form = inject(NonNullableFormBuilder).group({
    name: ['', [Validators.required, Validators.maxLength(100)]],
    description: [''],
  });

  protected edit(category: Category | null): void {
    this.edited.set(category);
    this.wrong.set('');
    this.form.reset(category ?? undefined);
    if (category) this.host.querySelector<HTMLElement>('form input')?.focus();
  }

  protected async save(): Promise<void> {
    this.wrong.set('');
    if (this.form.invalid) {
      this.form.markAllAsTouched();
      focusFirstWrong(this.host);
      return;
    }
    await this.change(async () => {
      const edited = this.edited();
      const body = this.form.getRawValue();
      await (edited ? this.api.changeCategory(edited.id, body) : this.api.addCategory(body));
      this.edit(null);
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
    await this.change(async () => {
      await this.api.removeCategory(category.id);
      if (this.edited()?.id === category.id) this.edit(null);
    });
  }

  private async change(work: () => Promise<void>): Promise<void> {
    this.busy.set(true);
    try {
      await work();
      this.categories.reload();
    } catch (error) {
      if (error instanceof ApiError && error.status === 400) {
        this.wrong.set(showFieldErrors(this.form, error));
        focusFirstWrong(this.host);
      } else {
        await this.failures.report(error);
      }
    } finally {
      this.busy.set(false);
    }
  }
}
