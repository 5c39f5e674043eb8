"""What people are told: stored first, mailed after."""

from mongoengine import NotUniqueError, Q

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import update
from apps.common.storage.rounds import delete_in_rounds, in_rounds
from apps.common.tasks import enqueue
from apps.notifications import selectors
from apps.notifications.documents import Notification, Preferences


def notify(
    *, recipient_id: str, kind: str, key: str, link: str, replaces: str = "", **params
) -> None:
    """
    Store a notification, once per key however often this is called; an email follows.

    :param replaces: the beginning of the links of notifications that this one replaces
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
        return  # it is told; who told it may have died before forgetting
    finally:
        selectors.invalidate_notifications(recipient_id)
    if replaces:
        _delete_replaced(notification, replaces)
    enqueue("apps.notifications.tasks.send_notification_mails")


def set_read(
    notification: Notification, *, is_read: bool, expected: list[int] | None = None
) -> Notification:
    """
    :raises StaleRevision: it was edited in the meantime
    :raises NotFound: it was deleted in the meantime
    """
    return _write(notification, expected, is_read=is_read)


def delete_notification(notification: Notification, *, expected: list[int] | None = None) -> None:
    """
    Hide a notification from its recipient for good.

    :raises StaleRevision: it was edited in the meantime
    :raises NotFound: it was deleted in the meantime
    """
    _write(notification, expected, removed=True)


def mark_all_read(recipient_id: str) -> int:
    """Mark all that somebody sees as read; say how many are unread now."""
    unread = selectors.visible_to(recipient_id).filter(is_read=False)
    for some in in_rounds(unread):
        some.update(set__is_read=True, inc__revision=1)
    selectors.invalidate_notifications(recipient_id)
    return selectors.count_unread(recipient_id)


def erase(user_id: str) -> None:
    """Remove all that an erased person was told and has wished."""
    delete_in_rounds(Notification.objects(recipient=user_id))
    Preferences.objects(user=user_id).delete()
    selectors.invalidate_notifications(user_id)


def _delete_replaced(notification: Notification, link_start: str) -> None:
    """Delete older unread notifications of the kind, but none whose email is still to be sent."""
    older = Notification.objects(
        Q(mail_batch=None) | Q(emailed_at__ne=None),
        recipient=notification.recipient,
        kind=notification.kind,
        link__startswith=link_start,
        id__lt=notification.id,
        is_read=False,
        mail_due_at=None,
    )
    delete_in_rounds(older)
    selectors.invalidate_notifications(notification.recipient)


def _write(notification: Notification, expected: list[int] | None, **fields) -> Notification:
    try:
        return update(notification, expected=expected, **fields)
    finally:
        selectors.invalidate_notifications(notification.recipient)
