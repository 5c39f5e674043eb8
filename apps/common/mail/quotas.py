"""
Bound how many emails a recipient gets.

The emails are counted in SQL, where a row lock makes workers that race take turns and where a
restart loses no count. A key is a keyed hash of the recipient: a count outlives the account that
it was made for, so erasing an account and registering again does not start a new count.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from smtplib import SMTPRecipientsRefused, SMTPResponseException

from django.db import DatabaseError, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from apps.common.models import MailQuota

Limit = tuple[int, int]  # emails, seconds

MOST_TIMES = 100  # per recipient, or more where a limit allows more emails


class QuotaReached(Exception):
    """The recipient gets no email before `until`."""

    def __init__(self, until: datetime):
        super().__init__(until)
        self.until = until


@contextmanager
def mail_slot(*recipients: str, limits: Sequence[Limit]) -> Iterator[None]:
    """
    Count an email before it is sent in the block; it is not counted if certainly nothing was sent.

    :param recipients: names of the counts that the email belongs to; each must have room
    :raises QuotaReached: one of the limits is reached for one of the recipients
    """
    keys = [salted_hmac("mail-quota", name, algorithm="sha256").hexdigest() for name in recipients]
    reserved = _reserve(keys, limits)
    try:
        yield
    except Exception as error:
        if not _may_have_been_sent(error):
            _release(keys, reserved)
        raise


def delete_old_quotas(*, older_than: timedelta) -> int:
    """Remove the counts of recipients who have got no email for this long; return how many."""
    old = MailQuota.objects.filter(updated_at__lt=timezone.now() - older_than)
    return old.delete()[0]


def _reserve(keys: list[str], limits: Sequence[Limit]) -> float:
    """
    Add this moment to all of the counts, or to none; return it.

    :raises QuotaReached: a count has no room
    """
    with transaction.atomic():
        rows = _locked(keys)
        now = timezone.now().timestamp()
        allowed_at = max(_allowed_at(row.sent_at, limits) for row in rows)
        if allowed_at > now:
            raise QuotaReached(datetime.fromtimestamp(allowed_at, UTC))
        most = max(MOST_TIMES, *(number for number, _ in limits))
        for row in rows:
            _write(row, sorted([*row.sent_at, now])[-most:])
    return now


def _release(keys: list[str], moment: float) -> None:
    # An email that counts although it was not sent is better than a lost reason for that.
    with suppress(DatabaseError), transaction.atomic():
        for row in _locked(keys):
            _write(row, [sent_at for sent_at in row.sent_at if sent_at != moment])


def _locked(keys: list[str]) -> list[MailQuota]:
    """Return the rows of the keys, locked in an order that is the same for all workers."""
    rows = [MailQuota(key=key, updated_at=timezone.now()) for key in sorted(keys)]
    # Updating the existing rows keeps the clean-up from deleting one before it is locked.
    MailQuota.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["key"], update_fields=["updated_at"]
    )
    return list(MailQuota.objects.select_for_update().filter(key__in=keys).order_by("key"))


def _write(row: MailQuota, sent_at: list[float]) -> None:
    MailQuota.objects.filter(key=row.key).update(sent_at=sent_at, updated_at=timezone.now())


def _allowed_at(sent_at: list[float], limits: Sequence[Limit]) -> float:
    """Return the Unix time from which all of the limits allow one more email."""
    return max(
        (sent_at[-number] + seconds for number, seconds in limits if len(sent_at) >= number),
        default=0,
    )


def _may_have_been_sent(error: Exception) -> bool:
    """Return whether the server may have taken the email; a broken connection leaves that open."""
    refused = isinstance(error, SMTPResponseException | SMTPRecipientsRefused)
    return isinstance(error, OSError) and not refused
