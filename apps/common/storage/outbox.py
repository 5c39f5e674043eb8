"""
The outbox: emails are stored first, and sent by a worker later.

A worker claims an email by postponing it to its next attempt, so that no other worker sends it
meanwhile. A worker that dies has thus lost nothing: the email becomes due again.
"""

import logging
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from django.core.mail import EmailMultiAlternatives
from django.utils import timezone

from apps.common.mail.messages import MailServerUnavailable, send
from apps.common.mail.quotas import QuotaReached
from apps.common.storage.failures import is_store_unavailable

logger = logging.getLogger(__name__)

FIRST_RETRY = timedelta(minutes=2)  # Longer than a mail server that hangs can block one attempt.
AN_HOUR = timedelta(hours=1)
A_DAY = timedelta(days=1)
A_WEEK = timedelta(days=7)
LONGEST_ROUND = 60.0  # seconds; the worker has other tasks, and the next sweep continues
RECORDING_PAUSE = 0.5  # seconds

Claimed = TypeVar("Claimed")


@dataclass(frozen=True)
class QueuedEmail:
    """An email as it waits, before a worker claims it."""

    id: Any
    due_at: datetime
    attempts: int
    created_at: datetime


class Outbox(ABC, Generic[Claimed]):
    """The emails of an app; `Claimed` is what an email is composed from."""

    @abstractmethod
    def due(self) -> Sequence[QueuedEmail]:
        """Return a batch of emails that are due, those due first at the beginning."""

    @abstractmethod
    def claim(self, email: QueuedEmail, *, due_at: datetime) -> Claimed | None:
        """
        Postpone an email and count an attempt.

        :returns: None if another worker has claimed the email, or if nobody wants it any longer
        """

    @abstractmethod
    def release(self, email: QueuedEmail) -> None:
        """Undo the claim, because the attempt failed for a reason that is not the email's own."""

    @abstractmethod
    def hold(self, claimed: Claimed, *, until: datetime) -> None:
        """Undo the claim until the recipient's quota allows the email."""

    @abstractmethod
    def slot(self, claimed: Claimed) -> AbstractContextManager[None]:
        """Count the email in the recipient's quota."""

    @abstractmethod
    def compose(self, claimed: Claimed) -> EmailMultiAlternatives: ...

    @abstractmethod
    def record_sent(self, claimed: Claimed) -> object: ...


def send_due_emails(outbox: Outbox) -> int:
    """
    Send emails until none is due, and return how many were sent.

    The round ends when the mail server is unavailable, so that its emails do not fail one by one.
    """
    sent, end = 0, time.monotonic() + LONGEST_ROUND
    while batch := outbox.due():
        for email in batch:
            try:
                sent += _send_email(outbox, email)
            except MailServerUnavailable as error:
                logger.warning("The mail server is unavailable (%s); emails wait.", error)
                return sent
            if time.monotonic() > end:
                return sent
    return sent


def _send_email(outbox: Outbox[Claimed], email: QueuedEmail) -> bool:
    claimed = outbox.claim(email, due_at=_next_attempt_at(email))
    if claimed is None:
        return False
    try:
        with outbox.slot(claimed):
            send(outbox.compose(claimed))
    except QuotaReached as reached:
        outbox.hold(claimed, until=reached.until)
        return False
    except MailServerUnavailable:
        outbox.release(email)
        raise
    except Exception as error:  # One faulty email must not stop the others.
        name = type(outbox).__name__
        logger.warning("%s: email %s failed and waits (%s).", name, email.id, type(error).__name__)
        return False
    _retry_until_recorded(lambda: outbox.record_sent(claimed))
    return True


def _next_attempt_at(email: QueuedEmail) -> datetime:
    """Return when to try again if the coming attempt fails; the pauses double."""
    now = timezone.now()
    longest = AN_HOUR if email.created_at > now - A_WEEK else A_DAY
    return now + min(FIRST_RETRY * 2 ** min(email.attempts, 10), longest)


def _retry_until_recorded(record_sent: Callable[[], object]) -> None:
    """Wait for an unavailable store: an email that is not recorded as sent is sent again."""
    end = time.monotonic() + FIRST_RETRY.total_seconds()
    while True:
        try:
            record_sent()
            return
        except Exception as error:
            if not is_store_unavailable(error) or time.monotonic() > end:
                raise
            time.sleep(RECORDING_PAUSE)
