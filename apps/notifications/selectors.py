"""Every read of notifications and of preferences."""

from mongoengine import QuerySet

from apps.common.clock import format_timestamp, now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.storage.cache import Json, invalidate, read_through
from apps.common.storage.pagination import Page, Paging, page_of, page_slice
from apps.notifications.documents import KINDS, Notification, Preferences

TWO_MINUTES = 2 * 60
MAILS_AT_ONCE = 200


def get_notification(notification_id, *, recipient_id: str) -> Notification:
    """
    :raises NotFound: the recipient has no such notification
    """
    own = Notification.objects(recipient=recipient_id, removed=None)
    notification = own.filter(id=notification_id).first()
    if notification is None:
        raise NotFound()
    return notification


def list_notifications(*, recipient_id: str, paging: Paging, **filters) -> Page:
    """Return a page of the visible notifications, newest first, without messages."""

    def load() -> Json:
        return _page_of(visible_to(recipient_id).filter(**filters), paging).as_json()

    if filters or paging != Paging(cursor=""):
        return Page(**load())
    return Page(**read_through(notifications_key(recipient_id), load, TWO_MINUTES))


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
    notifications = Notification.objects(recipient=recipient_id, removed=None)
    muted = get_preferences(recipient_id).muted
    return notifications.filter(kind__nin=muted) if muted else notifications


def represent_notification(notification: Notification) -> Json:
    """Return a notification ready for JSON, except its message."""
    return {
        "id": str(notification.id),
        "recipient": str(notification.recipient),
        "kind": notification.kind,
        "params": dict(notification.params),
        "link": notification.link,
        "is_read": notification.is_read,
        "created_at": format_timestamp(notification.created_at),
        "emailed_at": format_timestamp(notification.emailed_at),
        "revision": notification.revision,
    }


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


def represent_preferences(preferences: Preferences) -> Json:
    return {
        kind: {"app": kind not in preferences.muted, "mail": kind not in preferences.mail_muted}
        for kind in KINDS
    } | {"revision": preferences.revision}


def personal_data_of(user_id: str) -> dict[str, list[Json]]:
    notifications = Notification.objects(recipient=user_id).order_by("-id").no_cache()
    rows = [represent_notification(notification) for notification in notifications]
    for row in rows:
        row.pop("revision")
    preferences = represent_preferences(get_preferences(user_id))
    return {
        "notifications": rows,
        "notification_preferences": [{"kind": kind} | preferences[kind] for kind in KINDS],
    }


def count_waiting_mails() -> int:
    return Notification.objects(mail_due_at__exists=True).count()


def invalidate_notifications(recipient_id) -> None:
    invalidate(notifications_key(recipient_id))


def notifications_key(recipient_id) -> str:
    """Return the cache key whose version every change of the user's notifications bumps."""
    return f"notifications:user:{recipient_id}"


def _page_of(notifications: QuerySet, paging: Paging) -> Page:
    if paging.cursor is None:
        return page_of(notifications.order_by("-id"), paging, represent_notification)
    return page_slice(notifications, paging, represent_notification)
