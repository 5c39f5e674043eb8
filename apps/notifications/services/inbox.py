"""The notifications of a user: stored first, emailed later."""

from typing import Any

from mongoengine import NotUniqueError, Q

from apps.common.clock import now_in_milliseconds
from apps.common.storage.documents import update
from apps.common.storage.rounds import delete_in_rounds, in_rounds
from apps.common.tasks import enqueue
from apps.notifications import selectors
from apps.notifications.documents import Notification, Preferences
from apps.users.viewer import SignedInViewer


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


def update_notification(
    notification_id: str,
    *,
    viewer: SignedInViewer,
    expected: list[int] | None = None,
    **fields: Any,
) -> Notification:
    """
    Change one of the viewer's own notifications.

    :raises NotFound: the viewer has no such notification
    :raises StaleRevision: the notification was edited in the meantime
    """
    notification = selectors.get_notification(notification_id, viewer=viewer)
    try:
        return update(notification, expected=expected, **fields)
    finally:
        selectors.invalidate_notifications(viewer.id)


def delete_notification(
    notification_id: str, *, viewer: SignedInViewer, expected: list[int] | None = None
) -> None:
    """
    Hide one of the viewer's own notifications for good.

    :raises NotFound: the viewer has no such notification
    :raises StaleRevision: the notification was edited in the meantime
    """
    update_notification(notification_id, viewer=viewer, expected=expected, removed=True)


def mark_all_read(recipient_id: str) -> int:
    """Mark all visible notifications as read; return the number of unread ones."""
    unread = selectors.visible_to(recipient_id).filter(is_read=False)
    for notifications in in_rounds(unread):
        notifications.update(set__is_read=True, inc__revision=1)
    selectors.invalidate_notifications(recipient_id)
    return selectors.count_unread(recipient_id)


def erase(user_id: str) -> None:
    """Delete the notifications and the preferences of an erased user."""
    delete_in_rounds(Notification.objects(recipient=user_id))
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
    delete_in_rounds(older)
    selectors.invalidate_notifications(notification.recipient)
