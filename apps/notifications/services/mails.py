"""
The mails of notifications: each notification waits for its own until a worker has sent it.

A recipient gets a limited number of emails. Past the limit, notifications are held until the limit
allows the next email, which then mentions all of them: a batch. The notification that a worker
claims for that email is the batch's leader. It alone stays due, so that a batch that was cut off
is tried again as the same email; the others point to it by `mail_batch`.
"""

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from mongoengine import QuerySet

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.languages import supported_language
from apps.common.mail import (
    MailServerUnavailable,
    compose,
    deliver,
    next_attempt_at,
    retry_until_recorded,
    send_all,
)
from apps.common.mail_quotas import QuotaReached, mail_slot
from apps.common.normalization import normalize_email_key
from apps.notifications import selectors
from apps.notifications.documents import Notification
from apps.notifications.services.preferences import unsubscribe_token
from apps.notifications.wording import message_of
from apps.users import selectors as users
from apps.users.documents import User

logger = logging.getLogger(__name__)

MOST_LINES = 20  # notifications that one email lists
HEAD_START = timedelta(minutes=5)
AT_ONCE = 200  # notifications that one write changes, so that other writers get their turn


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
        with _slot_of(recipient):
            deliver(_compose(notification, recipient))
    except QuotaReached as reached:
        _hold(notification, until=reached.until)
        return False
    except MailServerUnavailable:
        _give_back(waiting)
        raise
    except Exception as error:  # whatever ails one mail, the others go out
        logger.warning("Notification %s waits (%s).", notification.id, type(error).__name__)
        return False
    retry_until_recorded(lambda: _finish(notification, set__emailed_at=now_in_milliseconds()))
    return True


def _claim(waiting: Notification) -> Notification | None:
    """Move the mail on to its next try before this one, so that no other worker sends it now."""
    due_at = next_attempt_at(attempts=waiting.mail_attempts, created_at=waiting.created_at)
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
    except NotFound:  # told to somebody while they were being erased
        selectors.notifications_in_mail(notification).delete()
        return None
    if recipient.is_active and _wanted(notification).first():
        return recipient
    _finish(notification)
    _held_with(notification).modify(set__mail_due_at=now_in_milliseconds())
    return None


def _slot_of(recipient: User) -> AbstractContextManager[None]:
    """Count an email to the recipient, who may have another address or account tomorrow."""
    limits = [settings.NOTIFICATION_MAILS]
    if not recipient.email_verified:
        limits.append(settings.NOTIFICATION_MAILS_UNVERIFIED)
    names = (
        f"notifications:{recipient.id}",
        f"notifications:{normalize_email_key(recipient.email)}",
    )
    return mail_slot(*names, limits=limits)


def _wanted(leader: Notification) -> QuerySet:
    """Return what the leader's email mentions: nothing whose kind the recipient has muted."""
    muted = selectors.get_preferences(leader.recipient).mail_muted
    return selectors.notifications_in_mail(leader).filter(kind__nin=muted)


def _held_with(notification: Notification) -> QuerySet:
    """Return what else is held for the recipient, and is neither muted nor being sent."""
    return Notification.objects(
        id__ne=notification.id,
        recipient=notification.recipient,
        mail_held=True,
        mail_attempts=0,  # otherwise another worker is sending it
        mail_batch=None,
        kind__nin=selectors.get_preferences(notification.recipient).mail_muted,
    )


def _hold(notification: Notification, *, until: datetime) -> None:
    """
    Let all that is due for the recipient wait until the limit allows an email.

    One of them is due earlier than the others, so that workers that race send one email.
    """
    first_due_at = until + timedelta(milliseconds=1)  # MongoDB drops microseconds
    due_at = first_due_at + HEAD_START
    held = {"set__mail_held": True, "set__mail_attempts": 0}
    others = Notification.objects(recipient=notification.recipient, id__ne=notification.id)
    leads = notification.mail_held or not others.filter(mail_held=True).first()
    Notification.objects(id=notification.id).update_one(
        set__mail_due_at=first_due_at if leads else due_at, **held
    )
    due = others.filter(
        mail_held__in=[None, True],
        mail_due_at__lt=min(due_at, now_in_milliseconds()),
        mail_batch=None,
    )
    _update(due, set__mail_due_at=due_at, **held)


def _join(leader: Notification) -> None:
    """Let the leader's email mention all that is held for the recipient, whenever it is due."""
    joined = {"set__mail_batch": leader.id, "unset__mail_due_at": True, "unset__mail_held": True}
    _update(_held_with(leader), **joined)
    if Notification.objects(mail_batch=leader.id).first():
        # From now on the batch does not grow: another try must send the same email.
        Notification.objects(id=leader.id).update_one(set__mail_batch=leader.id)
        leader.mail_batch = leader.id


def _finish(leader: Notification, **fields) -> None:
    """Note what became of the mail; of the leader last, because it is what a retry finds."""
    if leader.mail_batch and fields:
        _update(_wanted(leader).filter(id__ne=leader.id, emailed_at=None), **fields)
    Notification.objects(id=leader.id).update_one(
        unset__mail_due_at=True, unset__mail_held=True, **fields
    )
    selectors.invalidate_notifications(leader.recipient)


def _update(notifications: QuerySet, **changes) -> None:
    """Change all of the notifications in parts; a changed one must not match any longer."""
    while ids := list(notifications.limit(AT_ONCE).scalar("id")):
        notifications.filter(id__in=ids).update(**changes)


def _compose(notification: Notification, recipient: User) -> EmailMultiAlternatives:
    if not notification.mail_batch:
        _join(notification)
    if notification.mail_batch:
        return _compose_joined(notification, recipient)
    return _compose_mail(
        recipient,
        template=notification.kind,
        name=f"notification-{notification.id}",
        path=notification.link,
        kinds=[notification.kind],
        **notification.params,
    )


def _compose_joined(leader: Notification, recipient: User) -> EmailMultiAlternatives:
    wanted = _wanted(leader).order_by("-id")
    total = wanted.count()
    language = supported_language(recipient.language)
    return _compose_mail(
        recipient,
        template="joined",
        name=f"notifications-{leader.id}",
        path="/notifications",
        kinds=sorted(wanted.distinct("kind")),
        total=total,
        more=max(0, total - MOST_LINES),
        messages=[message_of(one.kind, one.params, language) for one in wanted.limit(MOST_LINES)],
    )


def _compose_mail(
    recipient: User, *, template: str, name: str, path: str, kinds: list[str], **words
) -> EmailMultiAlternatives:
    language = supported_language(recipient.language)
    token = unsubscribe_token(user_id=str(recipient.id), kinds=kinds)
    links = {
        "link": settings.PUBLIC_URL + path,
        "unsubscribe": settings.PUBLIC_URL + reverse("unsubscribe", args=[token]),
    }
    return compose(
        f"notifications/mails/{language}/{template}.txt",
        to=recipient.email,
        language=language,
        name=name,
        links=links,
        headers={
            "List-Unsubscribe": f"<{links['unsubscribe']}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
        },
        # Anyone can register with the address of somebody else and put a text into the username.
        username=recipient.username if recipient.email_verified else "",
        **words,
    )
