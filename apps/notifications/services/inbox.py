"""The notifications of a user: stored first, emailed later."""

from mongoengine import NotUniqueError, Q

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import update
from apps.common.tasks import enqueue
from apps.notifications import selectors
from apps.notifications.documents import Notification, Preferences


def notify(
    *, recipient_id: str, kind: str, key: str, link: str, replaces: str = "", **params
) -> None:
    """
    Store a notification, once per key even if this is called again; an email follows.

    :param replaces: the beginning of the links of the notifications to replace
    """
    now = now_in_milliseconds()
    notification = Notification(
        recipient=recipient_id,
        kind=kind,
        key=key,
        link=link,
        params=params,
        created_at=now,
        mail_due_at=now,
    )
    try:
        notification.save(force_insert=True)
    except NotUniqueError:
        return  # An earlier delivery stored it, and may have crashed before invalidating.
    finally:
        selectors.invalidate_notifications(recipient_id)
    if replaces:
        _delete_replaced(notification, replaces)
    enqueue("apps.notifications.tasks.send_notification_mails")


def set_read(
    notification: Notification, *, is_read: bool, expected: list[int] | None = None
) -> Notification:
    """
    :raises StaleRevision: the notification was edited in the meantime
    :raises NotFound: the notification was deleted in the meantime
    """
    return _update(notification, expected, is_read=is_read)


def delete_notification(notification: Notification, *, expected: list[int] | None = None) -> None:
    """
    Hide a notification from its recipient for good.

    :raises StaleRevision: the notification was edited in the meantime
    :raises NotFound: the notification was deleted in the meantime
    """
    _update(notification, expected, removed=True)


def mark_all_read(recipient_id: str) -> int:
    """Mark all visible notifications as read; return the number of unread ones."""
    unread = selectors.visible_to(recipient_id).filter(is_read=False)
    unread.update(set__is_read=True, inc__revision=1)
    selectors.invalidate_notifications(recipient_id)
    return selectors.count_unread(recipient_id)


def erase(user_id: str) -> None:
    """Delete the notifications and the preferences of an erased user."""
    Notification.objects(recipient=user_id).delete()
    Preferences.objects(user=user_id).delete()
    selectors.invalidate_notifications(user_id)


def _delete_replaced(notification: Notification, link_start: str) -> None:
    """Delete older unread notifications of the kind, except those with an email to be sent."""
    older = Notification.objects(
        Q(mail_batch=None) | Q(emailed_at__ne=None),
        recipient=notification.recipient,
        kind=notification.kind,
        link__startswith=link_start,
        id__lt=notification.id,
        is_read=False,
        mail_due_at=None,
    )
    older.delete()
    selectors.invalidate_notifications(notification.recipient)


def _update(notification: Notification, expected: list[int] | None, **fields) -> Notification:
    try:
        return update(notification, expected=expected, **fields)
    finally:
        selectors.invalidate_notifications(notification.recipient)
