"""Changes and resets of passwords, and verification of email addresses."""

from django.contrib.auth.hashers import make_password
from django.core import signing
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from apps.common.errors import Invalid, NotFound
from apps.common.normalization import normalize_email_key
from apps.common.storage import rate_limits
from apps.users import selectors
from apps.users.documents import User
from apps.users.models import Account, AccountMail, MailRequest, Session
from apps.users.services.mails import A_WEEK, AT_ONCE, VERIFY_SALT, put_in_outbox
from apps.users.services.password_checks import is_password_right
from apps.users.services.sessions import delete_sessions
from apps.users.services.users import WrongPassword

# The rate limits of requested emails: of the client's network, and of the email address.
REQUEST_LIMITS = {
    AccountMail.Kind.RESET: ("network_resets", "reset"),
    AccountMail.Kind.VERIFY: ("network_verifications", "verification"),
}


def change_password(
    *, user_id: str, session_id: str, old_password: str, new_password: str, address: str = ""
) -> None:
    """
    Change the password of a user, and end the user's other sessions.

    :param address: the client's IP address
    :raises WrongPassword: the old password is incorrect
    :raises Throttled: too many passwords were incorrect
    """
    account = selectors.get_account(user_id)
    if not is_password_right(account=account, password=old_password, address=address):
        raise WrongPassword(old_password=_("The password is incorrect."))
    replace_password(account=account, new_password=new_password, except_session_id=session_id)


def replace_password(*, account: Account, new_password: str, except_session_id: str | None) -> None:
    """
    Replace the password that was checked, and end all other sessions.

    :param except_session_id: the session to keep
    :raises Invalid: the password was changed in the meantime, or the account is inactive
    """
    if not _set_password(account, new_password, except_session_id=except_session_id):
        raise Invalid(old_password=_("The password is incorrect."))


def request_mail(kind: AccountMail.Kind, *, email: str, network: str) -> None:
    """
    Record a request for an email, which a task sends if an account has the address.

    :param network: the client's network
    :raises Throttled: too many emails were requested from the network, or to the address
    """
    key = normalize_email_key(email)
    of_network, of_email = REQUEST_LIMITS[kind]
    # Count the network first: a refused request must not use up the limit of an address.
    rate_limits.check_and_count(of_network, network)
    rate_limits.check_and_count(of_email, key)
    MailRequest.objects.create(kind=kind, email_key=key)


def answer_mail_requests() -> int:
    """Queue the requested emails; return the number of requests."""
    requests = list(MailRequest.objects.order_by("pk")[:AT_ONCE])
    return sum(_answer_mail_request(request) for request in requests)


def request_password_reset(*, email: str) -> None:
    """Queue an email with a link to set a new password, if an account has the address."""
    account = selectors.find_account(email=email)
    if account and account.is_active:
        put_in_outbox(AccountMail.Kind.RESET, user_id=account.profile_id)


def reset_password(*, account: Account, new_password: str) -> None:
    """
    Set the password of an account, and end all sessions.

    The link in the email also proves that its owner receives emails at the address.

    :raises Invalid: the link was used in the meantime, or the account is inactive
    """
    if not _set_password(account, new_password):
        raise Invalid(token=_("This link is invalid or has expired."))
    _mark_verified(account)


def request_verification(*, email: str) -> None:
    """Queue an email with a verification link, if an account has the unverified address."""
    account = selectors.find_account(email=email)
    if account and account.is_active and not account.email_verified:
        put_in_outbox(AccountMail.Kind.VERIFY, user_id=account.profile_id)


def verify_email(*, key: str) -> None:
    """
    Mark the email address as verified to which the key was sent.

    :raises NotFound: the key is invalid or expired, or the address was changed
    """
    try:
        account_id, email_key = signing.loads(key, salt=VERIFY_SALT, max_age=A_WEEK)
    except (signing.BadSignature, ValueError, TypeError) as error:
        raise NotFound(_("This link is invalid or has expired.")) from error
    account = Account.objects.filter(pk=account_id, email_key=email_key, is_active=True).first()
    if account is None:
        raise NotFound(_("This link is invalid or has expired."))
    _mark_verified(account)


def _answer_mail_request(request: MailRequest) -> bool:
    requested = {
        AccountMail.Kind.RESET: request_password_reset,
        AccountMail.Kind.VERIFY: request_verification,
    }
    with transaction.atomic():  # A crash must not lose the request before the email is queued.
        number, _rows = MailRequest.objects.filter(pk=request.pk).delete()
        if number:  # No other task has answered it.
            requested[request.kind](email=request.email_key)
    return bool(number)


def _set_password(account: Account, password: str, *, except_session_id: str | None = None) -> bool:
    """Replace the password that the caller has read; return whether it had not changed."""
    hashed = make_password(password)
    unchanged = Account.objects.filter(pk=account.pk, password=account.password, is_active=True)
    with transaction.atomic():
        if not unchanged.update(password=hashed, session_version=F("session_version") + 1):
            return False
        ended = delete_sessions(
            Session.objects.filter(account=account).exclude(pk=except_session_id)
        )
    selectors.invalidate_sessions(ended)
    return True


def _mark_verified(account: Account) -> None:
    Account.objects.filter(pk=account.pk, email_key=account.email_key).update(email_verified=True)
    User.objects(id=account.profile_id, email_key=account.email_key).update(
        set__email_verified=True
    )
    selectors.invalidate_user(account.profile_id)
