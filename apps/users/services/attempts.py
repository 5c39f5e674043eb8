"""Checks of passwords. Wrong ones are counted, and past a limit no more are checked."""

from django.contrib.auth.hashers import check_password

from apps.common import limits
from apps.common.addresses import network_of
from apps.common.folding import fold_email, fold_name
from apps.users.models import Account

UNUSABLE = "!"  # for which Django hashes all the same, so that the time tells nothing


def is_password_right(
    *, account: Account | None, password: str, address: str, typed: str = ""
) -> bool:
    """
    Say whether the account is active and the password is its own; count a failure if not.

    :param address: the client's IP address
    :param typed: the name or email address that was typed. It is counted as well as the account,
        so that the limit does not tell whether there is one.
    :raises Throttled: too many passwords were wrong
    :raises Busy: too many passwords are checked at once
    """
    counters = _counters(account, network_of(address), typed)
    _check_reached(counters)
    right = check_password(password, account.password if account else UNUSABLE)
    if account and right and account.is_active:
        # Again, for many guesses at once have all passed the first check.
        _check_reached(counters)
        return True
    for counter in counters:
        limits.check(*counter)
    return False


def _check_reached(counters: list[tuple]) -> None:
    for counter in counters:
        limits.check_reached(*counter)


def _counters(account: Account | None, network: str, typed: str) -> list[tuple]:
    counters = [("network_failures", network)]
    # As a name and as an address, for writing either in another way finds the same account.
    for key in sorted({fold_name(typed), fold_email(typed)} - {""}):
        counters.append(("failures", "typed", key, network))
    if account:
        counters.append(("failures", "account", account.pk, network))
    return counters
