"""Passwords, and addresses that prove to be somebody's."""

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.common.errors import Invalid, NotFound
from apps.common.normalization import normalize_email_key
from apps.users import selectors
from apps.users.documents import User
from apps.users.models import Account, AccountMail, MailRequest, Session
from apps.users.services.attempts import is_password_right
from apps.users.services.mails import A_WEEK, AT_ONCE, VERIFY_SALT, put_in_outbox
from apps.users.services.people import WrongPassword
from apps.users.services.sessions import delete_sessions


def change_password(
    *, user_id: str, session_id: str, old_password: str, new_password: str, address: str = ""
) -> None:
    """
    Change one's password and end one's other sessions.

    :param address: the client's IP address
    :raises WrongPassword: the old one is wrong
    :raises Throttled: too many passwords were wrong
    """
    account = selectors.get_account(user_id)
    if not is_password_right(account=account, password=old_password, address=address):
        raise WrongPassword(old_password=_("The password is wrong."))
    replace_password(account=account, new_password=new_password, but=session_id)


def replace_password(*, account: Account, new_password: str, but: str | None) -> None:
    """
    Put a password in the place of the one that was checked, and end all other sessions.

    :param but: the id of the session that goes on
    :raises Invalid: the password was changed meanwhile, or the account is not active any more
    """
    if not _set_password(account, new_password, but=but):
        raise Invalid(old_password=_("The password is wrong."))


def request_mail(kind: AccountMail.Kind, *, email: str) -> None:
    """Record that somebody asks for a mail; a task sends it if the address is an account's."""
    MailRequest.objects.create(kind=kind, email_key=normalize_email_key(email))


def answer_mail_requests() -> int:
    """Put the mails in the outbox that were requested for accounts; say how many requests."""
    requests = list(MailRequest.objects.order_by("pk")[:AT_ONCE])
    return sum(_answer_mail_request(request) for request in requests)


def request_password_reset(*, email: str) -> None:
    """Mail a link to set a new password, where the address is somebody's."""
    account = selectors.find_account(email=email)
    if account and account.is_active:
        put_in_outbox(AccountMail.Kind.RESET, user_id=account.profile_id)


def reset_password(*, account: Account, new_password: str) -> None:
    """
    Set the password of who holds a mailed link, which proves the address; end all sessions.

    :raises Invalid: the link was used meanwhile, or the account is inactive
    """
    if not _set_password(account, new_password):
        raise Invalid(token=_("This link is not valid."))
    _mark_verified(account)


def request_verification(*, email: str) -> None:
    """Mail a link to verify the address once more, where it is somebody's and not verified."""
    account = selectors.find_account(email=email)
    if account and account.is_active and not account.email_verified:
        put_in_outbox(AccountMail.Kind.VERIFY, user_id=account.profile_id)


def verify_email(*, key: str) -> None:
    """
    Mark the address as verified that the key was mailed to.

    :raises NotFound: the key is none of ours, is too old, or the address has changed since
    """
    try:
        account_id, email_key = signing.loads(key, salt=VERIFY_SALT, max_age=A_WEEK)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(_("This link is not valid.")) from error
    account = Account.objects.filter(pk=account_id, email_key=email_key, is_active=True).first()
    if account is None:
        raise NotFound(_("This link is not valid."))
    _mark_verified(account)


def _answer_mail_request(request: MailRequest) -> bool:
    put = {
        AccountMail.Kind.RESET: request_password_reset,
        AccountMail.Kind.VERIFY: request_verification,
    }
    with transaction.atomic():  # a request is either there, or its mail is in the outbox
        mine, _rows = MailRequest.objects.filter(pk=request.pk).delete()
        if mine:
            put[request.kind](email=request.email_key)
    return bool(mine)


def _set_password(account: Account, password: str, *, but: str | None = None) -> bool:
    """Put a password in the place of the one that the caller saw; say whether it still was it."""
    hashed = make_password(password)
    seen = Account.objects.filter(pk=account.pk, password=account.password, is_active=True)
    with transaction.atomic():
        if not seen.update(password=hashed, session_version=F("session_version") + 1):
            return False
        ended = delete_sessions(Session.objects.filter(account=account).exclude(pk=but))
    selectors.invalidate_sessions(ended)
    return True


def _mark_verified(account: Account) -> None:
    Account.objects.filter(pk=account.pk, email_key=account.email_key).update(email_verified=True)
    User.objects(id=account.profile_id, email_key=account.email_key).update(
        set__email_verified=True
    )
    selectors.invalidate_user(account.profile_id)
