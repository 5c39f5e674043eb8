"""Every read of notifications and of preferences."""

from dataclasses import replace

from mongoengine import QuerySet

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.pagination import Page, Paging, page_of, page_slice
from apps.notifications.documents import KINDS, Notification, Preferences
from apps.notifications.representations import (
    add_message,
    represent_facts,
    represent_preferences,
)
from apps.users.viewer import SignedInViewer

TWO_MINUTES = 2 * 60
MAILS_AT_ONCE = 200


def get_notification(notification_id, *, viewer: SignedInViewer) -> Notification:
    """
    Return one of the viewer's own notifications, even of a muted kind.

    :raises NotFound: the viewer has no such notification
    """
    notification = _notifications_of(viewer.id).filter(id=notification_id).first()
    if notification is None:
        raise NotFound()
    return notification


def list_notifications(*, viewer: SignedInViewer, paging: Paging, **filters) -> Page:
    """Return a page of the viewer's visible notifications, newest first."""

    def load() -> Json:
        return _page_of_facts(visible_to(viewer.id).filter(**filters), paging).as_json()

    if filters or paging != Paging(cursor=""):
        page = Page(**load())
    else:
        page = Page(**read_through(notifications_key(viewer.id), load, TWO_MINUTES))
    return replace(page, rows=[add_message(row, language=viewer.language) for row in page.rows])


def count_unread(recipient_id: str) -> int:
    key = notifications_key(recipient_id)
    return read_through(
        f"{key}:unread",
        lambda: visible_to(recipient_id).filter(is_read=False).count(),
        TWO_MINUTES,
        depends_on=[key],
    )


def visible_to(recipient_id: str) -> QuerySet:
    """Return the recipient's notifications of the kinds that are on in the app now."""
    notifications = _notifications_of(recipient_id)
    muted = get_preferences(recipient_id).muted
    return notifications.filter(kind__nin=muted) if muted else notifications


def due_mails() -> list[Notification]:
    """Return notifications whose mails are due, the longest waiting first."""
    due = Notification.objects(mail_due_at__lte=now_in_milliseconds())
    return list(due.order_by("mail_due_at").limit(MAILS_AT_ONCE))


def notifications_in_mail(leader: Notification) -> QuerySet:
    """Return the notifications that the leader's email mentions: all of its batch, or itself."""
    if leader.mail_batch:
        return Notification.objects(mail_batch=leader.mail_batch)
    return Notification.objects(id=leader.id)


def get_preferences(user_id) -> Preferences:
    """Return the user's preferences. Defaults to all kinds enabled."""
    return Preferences.objects(user=user_id).first() or Preferences(user=user_id, revision=0)


def personal_data_of(user_id: str) -> dict[str, list[Json]]:
    notifications = Notification.objects(recipient=user_id).order_by("-id").no_cache()
    preferences = represent_preferences(get_preferences(user_id))
    return {
        "notifications": [_exported(notification) for notification in notifications],
        "notification_preferences": [{"kind": kind, **preferences[kind]} for kind in KINDS],
    }


def count_waiting_mails() -> int:
    return Notification.objects(mail_due_at__exists=True).count()


def invalidate_notifications(recipient_id) -> None:
    invalidate(notifications_key(recipient_id))


def notifications_key(recipient_id) -> str:
    """Return the cache key whose version every change of the user's notifications bumps."""
    return f"notifications:user:{recipient_id}"


def _notifications_of(recipient_id: str) -> QuerySet:
    return Notification.objects(recipient=recipient_id, removed=None)


def _page_of_facts(notifications: QuerySet, paging: Paging) -> Page:
    if paging.cursor is None:
        return page_of(notifications.order_by("-id"), paging, represent_facts)
    return page_slice(notifications, paging, represent_facts)


def _exported(notification: Notification) -> Json:
    facts = represent_facts(notification)
    return {name: value for name, value in facts.items() if name != "revision"}
