"""Every read of accounts."""

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.common.errors import NotFound
from apps.common.normalization import normalize_email_key, normalize_name
from apps.users.models import Account, AccountMail


def get_account(user_id) -> Account:
    """
    Return the account of a user.

    :raises NotFound: there is no such account, or it is being erased
    """
    account = Account.objects.filter(profile_id=str(user_id), erasing_since=None).first()
    if account is None:
        raise NotFound()
    return account


def find_account(*, username: str = "", email: str = "") -> Account | None:
    """Return the account with this username, or else with this email address, in any spelling."""
    if username:
        return Account.objects.filter(username_key=normalize_name(username)).first()
    return Account.objects.filter(email_key=normalize_email_key(email)).first() if email else None


def find_account_for_sign_in(login: str) -> Account | None:
    """Return the account with this email address, or else the one with this username."""
    key = normalize_email_key(login)
    accounts = Account.objects.filter(Q(email_key=key) | Q(username_key=normalize_name(login)))
    return max(accounts, key=lambda account: account.email_key == key, default=None)


def taken_names(*, username: str = "", email: str = "", except_user_id=None) -> dict[str, str]:
    """Return an error message for each name that the account of another user has already."""
    messages = {}
    own_id = str(except_user_id)
    if (account := find_account(username=username)) and account.profile_id != own_id:
        messages["username"] = _("This username is taken.")
    if (account := find_account(email=email)) and account.profile_id != own_id:
        messages["email"] = _("This email address is taken.")
    return messages


def count_waiting_mails() -> int:
    return AccountMail.objects.filter(sent_at=None).count()
