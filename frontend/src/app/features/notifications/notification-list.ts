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

/** What one was told, the newest first. */
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
      if (page.results.filter(one => !one.is_read).length > this.unreadCount.count()) {
        this.unreadCount.refresh();
      }
      return { rows: page.results, next: cursorOf(page) };
    },
  });
  protected readonly shown = computed(() => (this.pages.hasValue() ? this.pages.value().rows : []));
  protected readonly rows = computed(() =>
    this.shown().map(one => ({ one, link: this.router.parseUrl(one.link) })),
  );
  protected readonly next = computed(() =>
    this.pages.hasValue() ? this.pages.value().next : undefined,
  );
  protected readonly hasUnread = computed(
    () => this.unreadCount.count() > 0 || this.shown().some(one => !one.is_read),
  );
  /** What came while one looked at the others; it is shown when one wants it, lest the list jump. */
  protected readonly arrived = signal<readonly Notification[]>([]);

  constructor() {
    effect(() => {
      if (this.unreadCount.arrivals() > 0) void untracked(() => this.look());
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

  /** The link leads there; that one has read it is said meanwhile. */
  protected follow(one: Notification): void {
    if (!one.is_read) void this.read(one);
  }

  /** Reads it; the focus goes from the button, which has had its use, to what was read. */
  protected async readHere(event: Event, one: Notification): Promise<void> {
    const row = event.target instanceof Element ? event.target.closest('li') : null;
    row?.querySelector('a')?.focus();
    await this.read(one);
  }

  protected async readAll(): Promise<void> {
    const wereUnread = this.shown().filter(one => !one.is_read);
    this.mark(wereUnread, true);
    focusHeading(this.document);
    await this.change(
      () => this.api.readAll(),
      () => this.mark(wereUnread, false),
    );
  }

  protected async remove(one: Notification): Promise<void> {
    const place = this.shown().indexOf(one);
    this.set(this.shown().filter(other => other.id !== one.id));
    setTimeout(() => this.focusRow(place));
    await this.change(
      () => this.api.remove(one.id),
      () => {
        const rows = this.shown();
        this.set([...rows.slice(0, place), one, ...rows.slice(place)]);
      },
    );
  }

  private async read(one: Notification): Promise<void> {
    this.mark([one], true);
    await this.change(
      () => this.api.read(one.id),
      () => this.mark([one], false),
    );
  }

  /** Asks for what the list does not show yet. */
  private async look(): Promise<void> {
    if (!this.pages.hasValue()) return;
    try {
      const { results } = await this.api.arrived();
      const known = new Set(this.shown().map(one => one.id));
      this.arrived.set(results.filter(one => !known.has(one.id)));
    } catch {
      // Nobody asked for it; the next arrival, or opening the page again, does.
    }
  }

  private mark(which: readonly Notification[], isRead: boolean): void {
    const ids = new Set(which.map(one => one.id));
    this.set(this.shown().map(one => (ids.has(one.id) ? { ...one, is_read: isRead } : one)));
  }

  private set(rows: readonly Notification[]): void {
    if (this.pages.hasValue()) this.pages.set({ rows, next: this.next() });
  }

  private focusRow(place: number): void {
    const links = this.host.querySelectorAll<HTMLElement>('li a');
    const link = links[Math.min(place, links.length - 1)];
    if (link) link.focus();
    else focusHeading(this.document);
  }

  /** Does it; where it fails, it is taken back and said. */
  private async change(work: () => Promise<unknown>, undo?: () => void): Promise<void> {
    this.busy.set(true);
    try {
      await work();
      this.unreadCount.refresh();
    } catch (error) {
      undo?.();
      await this.errorReporter.report(error);
    } finally {
      this.busy.set(false);
    }
  }
}
