"""The outbox of emails about accounts: filled by requests, sent by a task."""

from collections.abc import Sequence
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
from apps.common.mail.messages import compose
from apps.common.mail.quotas import mail_slot
from apps.common.normalization import normalize_email_key
from apps.common.storage.outbox import Outbox, QueuedEmail, send_due_emails
from apps.users.documents import User
from apps.users.models import Account, AccountMail
from apps.users.passwords import ResetTokenGenerator

AT_ONCE = 200
A_DAY = 24 * 60 * 60
A_WEEK = timedelta(days=7)
VERIFY_SALT = "users.verify"


class AccountOutbox(Outbox[AccountMail]):
    """The rows of `AccountMail`; the token in an email is created when the email is sent."""

    def due(self) -> Sequence[QueuedEmail]:
        due = AccountMail.objects.filter(sent_at=None, due_at__lte=timezone.now())
        rows = due.order_by("due_at").values_list("pk", "due_at", "attempts", "created_at")
        return [QueuedEmail(*row) for row in rows[:AT_ONCE]]

    def claim(self, email: QueuedEmail, *, due_at: datetime) -> AccountMail | None:
        unclaimed = AccountMail.objects.filter(pk=email.id, sent_at=None, due_at=email.due_at)
        if not unclaimed.update(due_at=due_at, attempts=F("attempts") + 1):
            return None
        mail = AccountMail.objects.select_related("account").filter(pk=email.id).first()
        if mail is None:  # The account was erased in the meantime.
            return None
        if not mail.account.is_active:
            self.record_sent(mail)
            return None
        return mail

    def release(self, email: QueuedEmail) -> None:
        rows = AccountMail.objects.filter(pk=email.id)
        rows.update(due_at=email.due_at, attempts=email.attempts)

    def hold(self, mail: AccountMail, *, until: datetime) -> None:
        rows = AccountMail.objects.filter(pk=mail.pk)
        rows.update(due_at=until, attempts=mail.attempts - 1)

    def slot(self, mail: AccountMail) -> AbstractContextManager[None]:
        # Accounts with different email keys may share a mailbox.
        mailbox = normalize_email_key(mail.account.email)
        return mail_slot(f"account:{mail.kind}:{mailbox}", limits=[_limit_of(mail.kind)])

    def compose(self, mail: AccountMail) -> EmailMultiAlternatives:
        account = mail.account
        language = _language_of(account)
        # Anyone can register with another person's address and put a text into the username.
        is_trusted = account.email_verified or mail.kind == AccountMail.Kind.INVITE
        return compose(
            f"users/mails/{language}/{mail.kind}.txt",
            to=account.email,
            language=language,
            name=f"account-{mail.pk}-{mail.kind}",
            links={"link": _link(mail)},
            username=account.username if is_trusted else "",
        )

    def record_sent(self, mail: AccountMail) -> None:
        AccountMail.objects.filter(pk=mail.pk).update(sent_at=timezone.now())


def put_in_outbox(kind: AccountMail.Kind, *, user_id, address_is_new: bool = False) -> None:
    """
    Queue an email unless too many of its kind were recently sent to the account or are waiting.

    :param address_is_new: earlier emails went to another address, so they do not count
    """
    allowed, seconds = _limit_of(kind)
    since = timezone.now() - timedelta(seconds=seconds)
    recent_or_waiting = Q(created_at__gt=since) | Q(sent_at=None)
    with transaction.atomic():
        # The row lock makes requests that race count each other's emails.
        account = Account.objects.select_for_update().filter(profile_id=str(user_id)).first()
        if account is None:  # The account was erased in the meantime.
            return
        recent = account.mails.filter(recent_or_waiting, kind=kind)
        if address_is_new or recent.count() < allowed:
            AccountMail.objects.create(account=account, kind=kind)


def send_account_mails() -> int:
    """Send the emails that are due, and return how many were sent."""
    return send_due_emails(AccountOutbox())


def delete_old_account_mails() -> int:
    """Delete emails that were sent so long ago that no limit counts them; return the number."""
    seconds = max(A_DAY, *(_limit_of(kind)[1] for kind in AccountMail.Kind.values))
    sent_before = timezone.now() - timedelta(seconds=seconds)
    return AccountMail.objects.filter(sent_at__lt=sent_before).delete()[0]


def verification_key(account: Account) -> str:
    """Return the key that proves that its holder receives emails at the account's address."""
    return signing.dumps([account.pk, account.email_key], salt=VERIFY_SALT)


def _limit_of(kind: str) -> tuple[int, int]:
    """Return how many emails of the kind are sent in how many seconds."""
    name = "verification" if kind == AccountMail.Kind.VERIFY else "reset"
    return settings.RATE_LIMITS[name]


def _link(mail: AccountMail) -> str:
    """Return the email's link into the web app; no server sees the secret in its fragment."""
    account = mail.account
    if mail.kind == AccountMail.Kind.VERIFY:
        return f"{settings.PUBLIC_URL}/verify#key={verification_key(account)}"
    uid, token = int_to_base36(account.pk), ResetTokenGenerator().make_token(account)
    return f"{settings.PUBLIC_URL}/reset#uid={uid}&token={token}"


def _language_of(account: Account) -> str:
    profile = User.objects(id=account.profile_id).only("language").first()
    return supported_language(profile.language if profile else None)
