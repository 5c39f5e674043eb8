"""
Limit how many emails a recipient gets.

The emails are counted in SQL, where a row lock makes racing workers take turns and no count is lost
at a restart. A key is a keyed hash of the recipient. A count outlives the account, so that erasing
an account and registering again does not reset it.
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
    Count an email that the block sends, unless it was certainly not sent.

    :param recipients: the names of the counts in which the email is counted
    :raises QuotaReached: one of the counts has reached a limit
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
    """Delete counts that have not changed for this time, and return their number."""
    old = MailQuota.objects.filter(updated_at__lt=timezone.now() - older_than)
    return old.delete()[0]


def _reserve(keys: list[str], limits: Sequence[Limit]) -> float:
    """
    Add the current time to all of the counts or to none, and return it as a Unix time.

    :raises QuotaReached: one of the counts has reached a limit
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
    # An error here must not hide why the email was not sent; the email then counts as sent.
    with suppress(DatabaseError), transaction.atomic():
        for row in _locked(keys):
            _write(row, [sent_at for sent_at in row.sent_at if sent_at != moment])


def _locked(keys: list[str]) -> list[MailQuota]:
    """Lock and return the rows of the keys, in the same order for all workers."""
    rows = [MailQuota(key=key, updated_at=timezone.now()) for key in sorted(keys)]
    # The update of existing rows prevents the clean-up from deleting one before it is locked.
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
    """Return whether the server may have accepted the email, as with a broken connection."""
    rejected = isinstance(error, SMTPResponseException | SMTPRecipientsRefused)
    return isinstance(error, OSError) and not rejected
