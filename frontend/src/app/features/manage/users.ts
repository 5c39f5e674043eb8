import { DatePipe, DecimalPipe, formatNumber } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  LOCALE_ID,
  computed,
  inject,
  signal,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { Router, RouterLink } from '@angular/router';

import { ApiRequest, User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { queryFilters } from '@core/navigation/query-params';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm, ConfirmOptions } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { FilterSelect } from '@shared/filter-select';
import { LoadError } from '@shared/load-error';
import { Pager } from '@shared/pager';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { TextField } from '@shared/text-field';
import { ManageApi } from './manage-api';

/** Manages users, their roles, and instructor requests. */
@Component({
  selector: 'lms-users',
  imports: [
    DatePipe,
    DecimalPipe,
    ReactiveFormsModule,
    RouterLink,
    EmptyState,
    FilterSelect,
    LoadError,
    Pager,
    SearchBox,
    Skeleton,
    TextField,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './users.scss',
  templateUrl: './users.html',
})
export class Users {
  private readonly api = inject(ManageApi);
  protected readonly filters = queryFilters(
    'search',
    'role',
    'instructor_requested',
    'is_active',
    'page',
  );
  private readonly router = inject(Router);
  private readonly locale = inject(LOCALE_ID);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly session = inject(Session);
  protected readonly inviting = signal(false);
  protected readonly users = this.api.users(this.filters);
  protected readonly requests = this.api.users(
    signal({ instructor_requested: 'true', page_size: '1' }),
  );
  protected readonly roles = [
    { value: '', label: $localize`All` },
    { value: 'student', label: $localize`Students` },
    { value: 'instructor', label: $localize`Instructors` },
    { value: 'admin', label: $localize`Admins` },
  ];
  protected readonly requestOptions = computed(() => [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Pending only` + this.requestCount() },
  ]);
  protected readonly statuses = [
    { value: '', label: $localize`All` },
    { value: 'true', label: $localize`Active` },
    { value: 'false', label: $localize`Deactivated` },
  ];
  protected readonly invitation = inject(NonNullableFormBuilder).group({
    username: ['', [Validators.required, Validators.minLength(3)]],
    email: ['', [Validators.required, Validators.email]],
    is_instructor: [false],
  });
  protected readonly submission = new FormSubmission(this.invitation);

  private requestCount(): string {
    return this.requests.hasValue()
      ? ` (${formatNumber(this.requests.value().count, this.locale)})`
      : '';
  }

  protected async setInstructor(user: User, isOn: boolean): Promise<void> {
    const body = { is_instructor: isOn, instructor_requested: false };
    await this.change(user, body, {
      title: isOn
        ? $localize`Make this user an instructor?`
        : $localize`Remove the instructor role?`,
      text: isOn
        ? $localize`${user.username}:username: will be able to create courses and see student results.`
        : $localize`${user.username}:username: will keep their courses but will no longer be able to edit them.`,
      action: isOn ? $localize`Make instructor` : $localize`Remove role`,
      isDestructive: !isOn,
    });
  }

  protected async decline(user: User): Promise<void> {
    await this.change(
      user,
      { instructor_requested: false },
      {
        title: $localize`Decline this request?`,
        text: $localize`${user.username}:username: can request the role again.`,
        action: $localize`Decline`,
      },
    );
  }

  protected async setAdmin(user: User, isOn: boolean): Promise<void> {
    await this.change(
      user,
      { is_admin: isOn },
      {
        title: isOn ? $localize`Make this user an admin?` : $localize`Remove the admin role?`,
        text: isOn
          ? $localize`${user.username}:username: will have the same full access as you.`
          : $localize`${user.username}:username: will lose admin access.`,
        action: isOn ? $localize`Make admin` : $localize`Remove role`,
        isDestructive: true,
      },
    );
  }

  protected async setActive(user: User, isOn: boolean): Promise<void> {
    await this.change(
      user,
      { is_active: isOn },
      {
        title: isOn ? $localize`Reactivate this account?` : $localize`Deactivate this account?`,
        text: isOn
          ? $localize`${user.username}:username: will be able to sign in again.`
          : $localize`${user.username}:username: will be signed out everywhere and will not be able to sign in. Nothing is deleted.`,
        action: isOn ? $localize`Reactivate account` : $localize`Deactivate account`,
        isDestructive: !isOn,
      },
    );
  }

  /** Opens or closes the form and moves the focus. */
  protected showInvitation(isOpen: boolean): void {
    this.invitation.reset();
    this.submission.reset();
    this.inviting.set(isOpen);
    const focusTarget = isOpen ? '.invite input' : '#invite';
    setTimeout(() => this.host.querySelector<HTMLElement>(focusTarget)?.focus());
  }

  protected async invite(): Promise<void> {
    await this.submission.submit(async () => {
      const { username } = await this.api.invite(this.invitation.getRawValue());
      this.showInvitation(false);
      this.users.reload();
      await this.snackbar.show($localize`Invitation sent to ${username}:username:.`);
    });
  }

  private async change(
    user: User,
    body: ApiRequest<'UserUpdatePatch'>,
    confirmation: ConfirmOptions,
  ): Promise<void> {
    if (!(await this.confirm.ask(confirmation))) return;
    await this.submission.run(async () => {
      const changed = await this.api.changeUser(user.id, body);
      if (changed.id === this.session.user()?.id) await this.updateCurrentUser(changed);
      await this.snackbar.show($localize`Saved.`);
    });
    this.users.reload();
    this.requests.reload();
  }

  /** Admins who removed their own role must leave this page. */
  private async updateCurrentUser(changed: User): Promise<void> {
    this.session.update(changed);
    if (!changed.is_admin) await this.router.navigateByUrl('/');
  }
}
