import { DatePipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  computed,
  inject,
  input,
  resource,
  signal,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { Failures } from '@core/errors/failures';
import { Unread } from '@core/notifications/unread';
import { Empty } from '@shared/empty';
import { Failed } from '@shared/failed';
import { Skeleton } from '@shared/skeleton';
import { Notification, NotificationsApi, cursorOf } from './notifications-api';

/** What one was told, the newest first. */
@Component({
  selector: 'lms-notification-list',
  imports: [DatePipe, RouterLink, Empty, Failed, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './notification-list.scss',
  template: `
    <div class="page">
      <h1 i18n>Notifications</h1>
      <nav class="tabs" aria-label="Which notifications" i18n-aria-label>
        <a
          routerLink="."
          [queryParams]="{ show: 'unread' }"
          [attr.aria-current]="onlyUnread() ? 'page' : null"
          i18n
        >
          Unread
        </a>
        <a routerLink="." [attr.aria-current]="onlyUnread() ? null : 'page'" i18n>All</a>
      </nav>
      <p class="actions">
        <button
          class="button outlined"
          type="button"
          [disabled]="unread.count() === 0"
          (click)="readAll()"
          i18n
        >
          Mark all as read
        </button>
        <a routerLink="preferences" i18n>What you are told</a>
      </p>
      <p class="visually-hidden" role="status">
        <ng-container i18n>
          {unread.count(), plural,
            =0 {Nothing unread}
            =1 {1 unread notification}
            other {{{ unread.count() }} unread notifications}
          }
        </ng-container>
      </p>
      @if (pages.error(); as error) {
        <lms-failed [error]="error" (retry)="pages.reload()" />
      } @else if (pages.isLoading()) {
        <lms-skeleton [count]="5" height="5.5rem" />
      } @else {
        <ul>
          @for (one of shown(); track one.id) {
            <li class="card" [class.unread]="!one.is_read">
              <div class="text">
                <p>
                  @if (!one.is_read) {
                    <span class="badge" i18n>New</span>
                  }
                  <a [href]="one.link" (click)="open($event, one)">{{ one.message }}</a>
                </p>
                <p class="quiet">
                  <time [dateTime]="one.created_at">{{ one.created_at | date: 'medium' }}</time>
                </p>
              </div>
              <p class="actions">
                @if (!one.is_read) {
                  <button class="button outlined" type="button" (click)="read(one)">
                    <ng-container i18n>Mark as read</ng-container>
                    <span class="visually-hidden">: {{ one.message }}</span>
                  </button>
                }
                <button class="button outlined grave" type="button" (click)="remove(one)">
                  <ng-container i18n>Delete</ng-container>
                  <span class="visually-hidden">: {{ one.message }}</span>
                </button>
              </p>
            </li>
          }
        </ul>
        @if (shown().length === 0) {
          <lms-empty [title]="onlyUnread() ? allRead : nothing">
            <a class="button" routerLink="/courses" i18n>Find a course</a>
          </lms-empty>
        }
        @if (next()) {
          <p>
            <button
              class="button outlined"
              type="button"
              [disabled]="busy()"
              (click)="showMore()"
              i18n
            >
              Show more
            </button>
          </p>
        }
      }
    </div>
  `,
})
export class NotificationList {
  readonly show = input<string>();

  private readonly api = inject(NotificationsApi);
  private readonly router = inject(Router);
  private readonly failures = inject(Failures);
  protected readonly unread = inject(Unread);
  protected readonly busy = signal(false);
  protected readonly allRead = $localize`You have read everything.`;
  protected readonly nothing = $localize`Nothing has happened yet.`;
  protected readonly onlyUnread = computed(() => this.show() === 'unread');
  protected readonly pages = resource({
    params: () => ({ onlyUnread: this.onlyUnread() }),
    loader: async ({ params }) => {
      const page = await this.api.list(params.onlyUnread);
      return { rows: page.results, next: cursorOf(page) };
    },
  });
  protected readonly shown = computed(() => (this.pages.hasValue() ? this.pages.value().rows : []));
  protected readonly next = computed(() =>
    this.pages.hasValue() ? this.pages.value().next : undefined,
  );

  protected async showMore(): Promise<void> {
    await this.change(async () => {
      const page = await this.api.list(this.onlyUnread(), this.next());
      this.set([...this.shown(), ...page.results], cursorOf(page));
    });
  }

  /** Goes where it leads; that one has read it is said meanwhile. */
  protected async open(event: Event, one: Notification): Promise<void> {
    event.preventDefault();
    if (!one.is_read) void this.read(one);
    await this.router.navigateByUrl(one.link);
  }

  protected async read(one: Notification): Promise<void> {
    const before = this.shown();
    this.set(before.map(other => (other.id === one.id ? { ...other, is_read: true } : other)));
    await this.change(() => this.api.read(one.id), before);
  }

  protected async readAll(): Promise<void> {
    const before = this.shown();
    this.set(before.map(one => ({ ...one, is_read: true })));
    await this.change(() => this.api.readAll(), before);
  }

  protected async remove(one: Notification): Promise<void> {
    const before = this.shown();
    this.set(before.filter(other => other.id !== one.id));
    await this.change(() => this.api.remove(one.id), before);
  }

  private set(rows: readonly Notification[], next = this.next()): void {
    this.pages.set({ rows, next });
  }

  /** Does it; where it fails, shows again what there was. */
  private async change(
    work: () => Promise<unknown>,
    before?: readonly Notification[],
  ): Promise<void> {
    this.busy.set(true);
    try {
      await work();
      this.unread.refresh();
    } catch (error) {
      if (before) this.set(before);
      await this.failures.report(error);
    } finally {
      this.busy.set(false);
    }
  }
}
