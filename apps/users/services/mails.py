"""The outbox of mails about accounts: filled by requests, emptied by a worker."""

import logging
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.http import int_to_base36

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
from apps.users.documents import User
from apps.users.models import Account, AccountMail
from apps.users.passwords import ResetTokenGenerator

logger = logging.getLogger(__name__)

AT_ONCE = 200
A_DAY = 24 * 60 * 60
A_WEEK = timedelta(days=7)
VERIFY_SALT = "users.verify"


def put_in_outbox(kind: AccountMail.Kind, *, user_id, address_is_new: bool = False) -> None:
    """
    Queue an email unless the account has had, or is waiting for, too many of its kind.

    :param address_is_new: the mails before went to another address, so they do not count
    """
    allowed, seconds = _limit_of(kind)
    since = timezone.now() - timedelta(seconds=seconds)
    recent_or_waiting = Q(created_at__gt=since) | Q(sent_at=None)
    with transaction.atomic():
        # Requests that race take turns at the account's row, so that each counts the others' mails.
        account = Account.objects.select_for_update().filter(profile_id=str(user_id)).first()
        if account is None:  # erased meanwhile
            return
        recent = account.mails.filter(recent_or_waiting, kind=kind)
        if address_is_new or recent.count() < allowed:
            AccountMail.objects.create(account=account, kind=kind)


def send_account_mails() -> int:
    """Send what is due, each mail by one worker; say how many went out."""
    return send_all(_due, _send)


def delete_old_account_mails() -> int:
    """Delete emails that were sent so long ago that no limit counts them; return the number."""
    seconds = max(A_DAY, *(_limit_of(kind)[1] for kind in AccountMail.Kind.values))
    sent_before = timezone.now() - timedelta(seconds=seconds)
    return AccountMail.objects.filter(sent_at__lt=sent_before).delete()[0]


def verification_key(account: Account) -> str:
    """Return what proves that its holder reads the mail of the account's address."""
    return signing.dumps([account.pk, account.email_key], salt=VERIFY_SALT)


def _due() -> list[int]:
    due = AccountMail.objects.filter(sent_at=None, due_at__lte=timezone.now())
    return list(due.order_by("due_at").values_list("pk", flat=True)[:AT_ONCE])


def _send(mail_id: int) -> bool:
    mail = _claim(mail_id)
    if mail is None:
        return False
    try:
        if mail.account.is_active:
            with _slot_of(mail):
                deliver(_compose(mail))
    except QuotaReached as reached:
        _postpone(mail, until=reached.until)
        return False
    except MailServerUnavailable:
        _give_back(mail)
        raise
    except Exception as error:  # whatever ails one mail, the others go out
        logger.warning("Mail %s waits (%s).", mail.pk, type(error).__name__)
        return False
    retry_until_recorded(
        lambda: AccountMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())
    )
    return True


def _claim(mail_id: int) -> AccountMail | None:
    """Move the mail on to its next try before this one, so that no other worker sends it now."""
    mail = AccountMail.objects.select_related("account").filter(pk=mail_id).first()
    if mail is None:
        return None
    claimed = AccountMail.objects.filter(
        pk=mail_id, sent_at=None, due_at__lte=timezone.now()
    ).update(
        due_at=next_attempt_at(attempts=mail.attempts, created_at=mail.created_at),
        attempts=F("attempts") + 1,
    )
    return mail if claimed else None


def _give_back(mail: AccountMail) -> None:
    """Let the mail be the next again: it was not its own fault."""
    _postpone(mail, until=mail.due_at)


def _postpone(mail: AccountMail, *, until: datetime) -> None:
    """Undo the claim of a mail that was not tried, and let it be due at another time."""
    AccountMail.objects.filter(pk=mail.pk).update(due_at=until, attempts=mail.attempts)


def _slot_of(mail: AccountMail) -> AbstractContextManager[None]:
    """Count the mail for its address, which others may have given for accounts of theirs."""
    mailbox = normalize_email_key(
        mail.account.email
    )  # which accounts with keys of their own may share
    return mail_slot(f"account:{mail.kind}:{mailbox}", limits=[_limit_of(mail.kind)])


def _limit_of(kind: str) -> tuple[int, int]:
    """Return how many emails of the kind are sent in how many seconds."""
    name = "verification" if kind == AccountMail.Kind.VERIFY else "reset"
    return settings.RATE_LIMITS[name]


def _compose(mail: AccountMail) -> EmailMultiAlternatives:
    account = mail.account
    language = _language_of(account)
    return compose(
        f"users/mails/{language}/{mail.kind}.txt",
        to=account.email,
        language=language,
        name=f"account-{mail.pk}-{mail.kind}",
        links={"link": _link(mail)},
        username=account.username,
    )


def _link(mail: AccountMail) -> str:
    """Return where the mail leads: into the web app, its secret in the part no server sees."""
    account = mail.account
    if mail.kind == AccountMail.Kind.VERIFY:
        return f"{settings.PUBLIC_URL}/verify#key={verification_key(account)}"
    uid, token = int_to_base36(account.pk), ResetTokenGenerator().make_token(account)
    return f"{settings.PUBLIC_URL}/reset#uid={uid}&token={token}"


def _language_of(account: Account) -> str:
    profile = User.objects(id=account.profile_id).only("language").first()
    return supported_language(profile.language if profile else None)
