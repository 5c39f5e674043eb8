"""The mails of notifications: each notification waits for its own until a worker has sent it."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse

from apps.common.clock import now_in_milliseconds
from apps.common.errors import Missing
from apps.common.languages import spoken
from apps.common.mail import ServerAway, compose, deliver, insist, next_try, send_all
from apps.notifications import selectors
from apps.notifications.documents import Notification
from apps.notifications.services.preferences import unsubscribe_token
from apps.users import selectors as users
from apps.users.documents import User

logger = logging.getLogger(__name__)


def send_mails() -> int:
    """Send what is due, each mail by one worker; say how many went out."""
    return send_all(selectors.due_mails, _send)


def _send(waiting: Notification) -> bool:
    notification = _claim(waiting)
    if notification is None:
        return False
    recipient = _recipient_of(notification)
    if recipient is None:
        return False
    try:
        deliver(_compose(notification, recipient))
    except ServerAway:
        _give_back(waiting)
        raise
    except Exception as error:  # whatever ails one mail, the others go out
        logger.warning("Notification %s waits (%s).", notification.id, type(error).__name__)
        return False
    insist(lambda: _finish(notification, set__emailed_at=now_in_milliseconds()))
    return True


def _claim(waiting: Notification) -> Notification | None:
    """Move the mail on to its next try before this one, so that no other worker sends it now."""
    due_at = next_try(attempts=waiting.mail_attempts, created_at=waiting.created_at)
    unclaimed = Notification.objects(id=waiting.id, mail_due_at=waiting.mail_due_at)
    return unclaimed.modify(new=True, set__mail_due_at=due_at, inc__mail_attempts=1)


def _give_back(waiting: Notification) -> None:
    """Let the mail be the next again: it was not its own fault."""
    Notification.objects(id=waiting.id).update_one(
        set__mail_due_at=waiting.mail_due_at, set__mail_attempts=waiting.mail_attempts
    )


def _recipient_of(notification: Notification) -> User | None:
    """Return whom to mail; where nobody wants the mail, see to it that it waits no longer."""
    try:
        recipient = users.get_user(notification.recipient)
    except Missing:  # told to somebody while they were being erased
        notification.delete()
        return None
    muted = selectors.get_preferences(recipient.id).mail_muted
    if recipient.is_active and notification.kind not in muted:
        return recipient
    _finish(notification)
    return None


def _finish(notification: Notification, **fields) -> None:
    Notification.objects(id=notification.id).update_one(unset__mail_due_at=True, **fields)
    selectors.forget_notifications(notification.recipient)


def _compose(notification: Notification, recipient: User) -> EmailMultiAlternatives:
    language = spoken(recipient.language)
    token = unsubscribe_token(user_id=str(recipient.id), kind=notification.kind)
    links = {
        "link": settings.PUBLIC_URL + notification.link,
        "unsubscribe": settings.PUBLIC_URL + reverse("unsubscribe", args=[token]),
    }
    return compose(
        f"notifications/mails/{language}/{notification.kind}.txt",
        to=recipient.email,
        language=language,
        name=f"notification-{notification.id}",
        links=links,
        headers={
            "List-Unsubscribe": f"<{links['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        username=recipient.username,
        **notification.params,
    )
