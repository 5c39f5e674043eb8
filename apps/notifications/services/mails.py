"""
The emails of notifications.

A recipient gets a limited number of emails. Past the limit, notifications are held until the limit
allows the next email, which then mentions all of them: a batch. The notification that a worker
claims for that email is the batch's leader. Only the leader stays due, so that an interrupted
batch is retried as the same email; the others refer to it by `mail_batch`.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.urls import reverse
from mongoengine import QuerySet

from apps.common.clock import now_in_milliseconds
from apps.common.errors import NotFound
from apps.common.languages import supported_language
from apps.common.mail.messages import compose
from apps.common.mail.quotas import mail_slot
from apps.common.normalization import normalize_email_key
from apps.common.storage.outbox import Outbox, QueuedEmail, send_due_emails
from apps.common.storage.rounds import delete_in_rounds
from apps.notifications import selectors
from apps.notifications.documents import Notification
from apps.notifications.services.preferences import unsubscribe_token
from apps.notifications.wording import message_of
from apps.users import selectors as users
from apps.users.documents import User

MOST_LINES = 20  # notifications listed in one email
HEAD_START = timedelta(minutes=5)
AT_ONCE = 200  # Notifications changed by one write, so that other writers get their turn.


@dataclass(frozen=True)
class ClaimedEmail:
    leader: Notification
    recipient: User


class NotificationOutbox(Outbox[ClaimedEmail]):
    """The notifications with a `mail_due_at`."""

    def due(self) -> Sequence[QueuedEmail]:
        return [
            QueuedEmail(
                id=notification.id,
                due_at=notification.mail_due_at,
                attempts=notification.mail_attempts,
                created_at=notification.created_at,
            )
            for notification in selectors.due_mails()
        ]

    def claim(self, email: QueuedEmail, *, due_at: datetime) -> ClaimedEmail | None:
        unclaimed = Notification.objects(id=email.id, mail_due_at=email.due_at)
        leader = unclaimed.modify(new=True, set__mail_due_at=due_at, inc__mail_attempts=1)
        recipient = _recipient_of(leader) if leader else None
        return ClaimedEmail(leader, recipient) if recipient else None

    def release(self, email: QueuedEmail) -> None:
        Notification.objects(id=email.id).update_one(
            set__mail_due_at=email.due_at, set__mail_attempts=email.attempts
        )

    def hold(self, claimed: ClaimedEmail, *, until: datetime) -> None:
        _hold(claimed.leader, until=until)

    def slot(self, claimed: ClaimedEmail) -> AbstractContextManager[None]:
        return _slot_of(claimed.recipient)

    def compose(self, claimed: ClaimedEmail) -> EmailMultiAlternatives:
        return _compose(claimed.leader, claimed.recipient)

    def record_sent(self, claimed: ClaimedEmail) -> None:
        _finish(claimed.leader, set__emailed_at=now_in_milliseconds())


def send_mails() -> int:
    """Send the emails that are due, and return how many were sent."""
    return send_due_emails(NotificationOutbox())


def _recipient_of(notification: Notification) -> User | None:
    """Return the recipient, or None after dropping an email that nobody wants any longer."""
    try:
        recipient = users.get_user(notification.recipient)
    except NotFound:  # The recipient was being erased while the notification was created.
        delete_in_rounds(selectors.notifications_in_mail(notification))
        return None
    if recipient.is_active and _wanted(notification).first():
        return recipient
    _finish(notification)
    _held_with(notification).modify(set__mail_due_at=now_in_milliseconds())
    return None


def _slot_of(recipient: User) -> AbstractContextManager[None]:
    """Count an email for the account and for the address, because either may change."""
    limits = [settings.NOTIFICATION_MAILS]
    if not recipient.email_verified:
        limits.append(settings.NOTIFICATION_MAILS_UNVERIFIED)
    names = (
        f"notifications:{recipient.id}",
        f"notifications:{normalize_email_key(recipient.email)}",
    )
    return mail_slot(*names, limits=limits)


def _wanted(leader: Notification) -> QuerySet:
    """Return the notifications that the leader's email mentions: those of kinds not muted."""
    muted = selectors.get_preferences(leader.recipient).mail_muted
    return selectors.notifications_in_mail(leader).filter(kind__nin=muted)


def _held_with(notification: Notification) -> QuerySet:
    """Return the recipient's other held notifications that are neither muted nor being sent."""
    return Notification.objects(
        id__ne=notification.id,
        recipient=notification.recipient,
        mail_held=True,
        mail_attempts=0,  # Otherwise another worker is sending it.
        mail_batch=None,
        kind__nin=selectors.get_preferences(notification.recipient).mail_muted,
    )


def _hold(notification: Notification, *, until: datetime) -> None:
    """
    Postpone everything that is due for the recipient until the limit allows an email.

    One notification is due earlier than the others, so that racing workers send one email.
    """
    first_due_at = until + timedelta(milliseconds=1)  # MongoDB drops microseconds.
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
    """Let the leader's email mention everything held for the recipient, whenever it is due."""
    joined = {"set__mail_batch": leader.id, "unset__mail_due_at": True, "unset__mail_held": True}
    _update(_held_with(leader), **joined)
    if Notification.objects(mail_batch=leader.id).first():
        # From now on the batch does not grow, because a retry must send the same email.
        Notification.objects(id=leader.id).update_one(set__mail_batch=leader.id)
        leader.mail_batch = leader.id


def _finish(leader: Notification, **fields) -> None:
    """Record the outcome of an email, on the leader last because a retry starts from it."""
    if leader.mail_batch and fields:
        _update(_wanted(leader).filter(id__ne=leader.id, emailed_at=None), **fields)
    Notification.objects(id=leader.id).update_one(
        unset__mail_due_at=True, unset__mail_held=True, **fields
    )
    selectors.invalidate_notifications(leader.recipient)


def _update(notifications: QuerySet, **changes) -> None:
    """Change the notifications in batches; a changed one must no longer match the query."""
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
        messages=[
            message_of(item.kind, item.params, language) for item in wanted.limit(MOST_LINES)
        ],
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
