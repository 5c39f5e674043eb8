import { DOCUMENT, DatePipe } from '@angular/common';
import {
  ChangeDetectionStrategy,
  Component,
  ElementRef,
  computed,
  effect,
  inject,
  input,
  resource,
  signal,
  untracked,
} from '@angular/core';
import { Router, RouterLink } from '@angular/router';

import { ErrorReporter } from '@core/errors/error-reporter';
import { focusHeading } from '@core/navigation/heading-focus';
import { UnreadCount } from '@core/notifications/unread-count';
import { EmptyState } from '@shared/empty-state';
import { LoadError } from '@shared/load-error';
import { Skeleton } from '@shared/skeleton';
import { Notification, NotificationsApi, cursorOf } from './notifications-api';

/** The notifications of the current user, newest first. */
@Component({
  selector: 'lms-notification-list',
  imports: [DatePipe, RouterLink, EmptyState, LoadError, Skeleton],
  changeDetection: ChangeDetectionStrategy.OnPush,
  styleUrl: './notification-list.scss',
  templateUrl: './notification-list.html',
})
export class NotificationList {
  readonly show = input<string>();

  private readonly api = inject(NotificationsApi);
  private readonly router = inject(Router);
  private readonly errorReporter = inject(ErrorReporter);
  private readonly document = inject(DOCUMENT);
  private readonly host = inject<ElementRef<HTMLElement>>(ElementRef).nativeElement;
  protected readonly unreadCount = inject(UnreadCount);
  protected readonly busy = signal(false);
  protected readonly onlyUnread = computed(() => this.show() === 'unread');
  protected readonly pages = resource({
    params: () => ({ onlyUnread: this.onlyUnread() }),
    loader: async ({ params }) => {
      this.arrived.set([]);
      const page = await this.api.list(params.onlyUnread);
      if (page.results.filter(({ is_read }) => !is_read).length > this.unreadCount.count()) {
        this.unreadCount.refresh();
      }
      return { rows: page.results, next: cursorOf(page) };
    },
  });
  protected readonly shown = computed(() => (this.pages.hasValue() ? this.pages.value().rows : []));
  protected readonly rows = computed(() =>
    this.shown().map(notification => ({
      notification,
      link: this.router.parseUrl(notification.link),
    })),
  );
  protected readonly next = computed(() =>
    this.pages.hasValue() ? this.pages.value().next : undefined,
  );
  protected readonly hasUnread = computed(
    () => this.unreadCount.count() > 0 || this.shown().some(({ is_read }) => !is_read),
  );
  /** Notifications that arrived meanwhile; they are shown on request so that the list does not jump. */
  protected readonly arrived = signal<readonly Notification[]>([]);

  constructor() {
    effect(() => {
      if (this.unreadCount.arrivals() > 0) void untracked(() => this.check());
    });
  }

  protected showArrived(): void {
    this.set([...this.arrived(), ...this.shown()]);
    this.arrived.set([]);
    setTimeout(() => this.host.querySelector<HTMLElement>('li a')?.focus());
  }

  protected async showMore(): Promise<void> {
    await this.change(async () => {
      const page = await this.api.list(this.onlyUnread(), this.next());
      this.pages.set({ rows: [...this.shown(), ...page.results], next: cursorOf(page) });
    });
  }

  /** Marks the notification as read while its link is followed. */
  protected follow(notification: Notification): void {
    if (!notification.is_read) void this.read(notification);
  }

  /** Marks the notification as read and moves the focus from the vanishing button to its link. */
  protected async readHere(event: Event, notification: Notification): Promise<void> {
    const row = event.target instanceof Element ? event.target.closest('li') : null;
    row?.querySelector('a')?.focus();
    await this.read(notification);
  }

  protected async readAll(): Promise<void> {
    const unread = this.shown().filter(({ is_read }) => !is_read);
    this.mark(unread, true);
    focusHeading(this.document);
    await this.change(
      () => this.api.readAll(),
      () => this.mark(unread, false),
    );
  }

  protected async remove(notification: Notification): Promise<void> {
    const index = this.shown().indexOf(notification);
    this.set(this.shown().filter(other => other.id !== notification.id));
    setTimeout(() => this.focusRow(index));
    await this.change(
      () => this.api.remove(notification.id),
      () => {
        const rows = this.shown();
        this.set([...rows.slice(0, index), notification, ...rows.slice(index)]);
      },
    );
  }

  private async read(notification: Notification): Promise<void> {
    this.mark([notification], true);
    await this.change(
      () => this.api.read(notification.id),
      () => this.mark([notification], false),
    );
  }

  /** Fetches notifications that the list does not show yet. */
  private async check(): Promise<void> {
    if (!this.pages.hasValue()) return;
    try {
      const { results } = await this.api.arrived();
      const known = new Set(this.shown().map(notification => notification.id));
      this.arrived.set(results.filter(notification => !known.has(notification.id)));
    } catch {
      // This is a background check; the next arrival repeats it.
    }
  }

  private mark(notifications: readonly Notification[], isRead: boolean): void {
    const ids = new Set(notifications.map(notification => notification.id));
    this.set(
      this.shown().map(notification =>
        ids.has(notification.id) ? { ...notification, is_read: isRead } : notification,
      ),
    );
  }

  private set(rows: readonly Notification[]): void {
    if (this.pages.hasValue()) this.pages.set({ rows, next: this.next() });
  }

  private focusRow(index: number): void {
    const links = this.host.querySelectorAll<HTMLElement>('li a');
    const link = links[Math.min(index, links.length - 1)];
    if (link) link.focus();
    else focusHeading(this.document);
  }

  /** Runs a change; if it fails, it is undone and reported. */
  private async change(action: () => Promise<unknown>, undo?: () => void): Promise<void> {
    this.busy.set(true);
    try {
      await action();
      this.unreadCount.refresh();
    } catch (error) {
      undo?.();
      await this.errorReporter.report(error);
    } finally {
      this.busy.set(false);
    }
  }
}
