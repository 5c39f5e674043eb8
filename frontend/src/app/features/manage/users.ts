import { DatePipe, DecimalPipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  inject,
  input,
  signal,
} from '@angular/core';
import { NonNullableFormBuilder, ReactiveFormsModule, Validators } from '@angular/forms';
import { MatFormFieldModule } from '@angular/material/form-field';
import { MatInputModule } from '@angular/material/input';
import { Router, RouterLink } from '@angular/router';

import { ApiRequest, User } from '@core/api/models';
import { Session } from '@core/auth/session';
import { QueryParams } from '@core/navigation/query-params';
import { Snackbar } from '@core/snackbar/snackbar';
import { Confirm, ConfirmOptions } from '@shared/confirm';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { errorMessageOf } from '@shared/form-errors';
import { Pager } from '@shared/pager';
import { SearchBox } from '@shared/search-box';
import { Skeleton } from '@shared/skeleton';
import { FormSubmission } from '@shared/form-submission';
import { ManageApi } from './manage-api';

/** Who has an account, what each may do, and who asks to teach. */
@Component({
  selector: 'lms-users',
  imports: [
    DatePipe,
    DecimalPipe,
    ReactiveFormsModule,
    MatFormFieldModule,
    MatInputModule,
    RouterLink,
    EmptyState,
    LoadError,
    Pager,
    SearchBox,
    Skeleton,
  ],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './users.scss',
  templateUrl: './users.html',
})
export class Users {
  readonly search = input<string>();
  readonly role = input<string>();
  readonly instructor_requested = input<string>();
  readonly is_active = input<string>();
  readonly page = input<string>();

  private readonly api = inject(ManageApi);
  private readonly router = inject(Router);
  protected readonly queryParams = inject(QueryParams);
  private readonly snackbar = inject(Snackbar);
  private readonly confirm = inject(Confirm);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly session = inject(Session);
  protected readonly inviting = signal(false);
  protected readonly messageOf = errorMessageOf;
  protected readonly users = this.api.users(
    computed(() => ({
      search: this.search(),
      role: this.role(),
      instructor_requested: this.instructor_requested(),
      is_active: this.is_active(),
      page: this.page(),
    })),
  );
  protected readonly asking = this.api.users(
    signal({ instructor_requested: 'true', page_size: '1' }),
  );
  protected readonly pageNumber = computed(() => Number(this.page()) || 1);
  protected readonly roles = [
    { value: '', label: $localize`All` },
    { value: 'student', label: $localize`Students` },
    { value: 'instructor', label: $localize`Instructors` },
    { value: 'admin', label: $localize`Admins` },
  ];
  protected readonly invitation = inject(NonNullableFormBuilder).group({
    username: ['', [Validators.required, Validators.minLength(3)]],
    email: ['', [Validators.required, Validators.email]],
    is_instructor: [false],
  });
  protected readonly submission = new FormSubmission(this.invitation);

  protected async setInstructor(user: User, isOn: boolean): Promise<void> {
    const body = { is_instructor: isOn, instructor_requested: false };
    await this.change(user, body, {
      title: isOn ? $localize`Make an instructor?` : $localize`No longer an instructor?`,
      text: isOn
        ? $localize`${user.username}:username: can then write courses and see how their students do.`
        : $localize`${user.username}:username: keeps their courses, and can change them no longer.`,
      action: isOn ? $localize`Make an instructor` : $localize`Take the role away`,
      isDestructive: !isOn,
    });
  }

  protected async decline(user: User): Promise<void> {
    await this.change(
      user,
      { instructor_requested: false },
      {
        title: $localize`Decline the request?`,
        text: $localize`${user.username}:username: may ask again.`,
        action: $localize`Decline`,
      },
    );
  }

  protected async setAdmin(user: User, isOn: boolean): Promise<void> {
    await this.change(
      user,
      { is_admin: isOn },
      {
        title: isOn ? $localize`Make an admin?` : $localize`No longer an admin?`,
        text: isOn
          ? $localize`${user.username}:username: can then do everything here, as you can.`
          : $localize`${user.username}:username: can manage nothing any longer.`,
        action: isOn ? $localize`Make an admin` : $localize`Take the role away`,
        isDestructive: true,
      },
    );
  }

  protected async setActive(user: User, isOn: boolean): Promise<void> {
    await this.change(
      user,
      { is_active: isOn },
      {
        title: isOn ? $localize`Let them in again?` : $localize`Lock the account?`,
        text: isOn
          ? $localize`${user.username}:username: can sign in again.`
          : $localize`${user.username}:username: is signed out everywhere and cannot sign in. Nothing is deleted.`,
        action: isOn ? $localize`Let them in` : $localize`Lock the account`,
        isDestructive: !isOn,
      },
    );
  }

  /** Opens or closes the form for it; the focus goes along. */
  protected showInvitation(isShown: boolean): void {
    this.invitation.reset();
    this.submission.reset();
    this.inviting.set(isShown);
    const place = isShown ? '.invite input' : '#invite';
    setTimeout(() => this.host.querySelector<HTMLElement>(place)?.focus());
  }

  protected async invite(): Promise<void> {
    await this.submission.submit(async () => {
      const { username } = await this.api.invite(this.invitation.getRawValue());
      this.showInvitation(false);
      this.users.reload();
      await this.snackbar.show($localize`${username}:username: is invited by mail.`);
    });
  }

  private async change(
    user: User,
    body: ApiRequest<'PersonPatch'>,
    question: ConfirmOptions,
  ): Promise<void> {
    if (!(await this.confirm.ask(question))) return;
    await this.submission.run(async () => {
      const changed = await this.api.changeUser(user.id, body);
      if (changed.id === this.session.user()?.id) await this.updateOneself(changed);
      await this.snackbar.show($localize`Saved.`);
    });
    this.users.reload();
    this.asking.reload();
  }

  /** Whoever gave the role away has no place here any longer. */
  private async updateOneself(changed: User): Promise<void> {
    this.session.update(changed);
    if (!changed.is_admin) await this.router.navigateByUrl('/');
  }
}
