"""Checks of passwords. Wrong ones are counted, and past a limit no more are checked."""

from django.contrib.auth.hashers import check_password

from apps.common.client_address import network_of
from apps.common.normalization import normalize_email_key, normalize_name
from apps.common.storage import rate_limits
from apps.users.models import Account

UNUSABLE = "!"  # for which Django hashes all the same, so that the time tells nothing


def is_password_right(
    *, account: Account | None, password: str, address: str, typed: str = ""
) -> bool:
    """
    Say whether the account is active and the password is its own; count a failure if not.

    :param address: the client's IP address
    :param typed: the name or email address that was typed. It is counted as well as the account,
        so that the limit does not reveal whether there is one.
    :raises Throttled: too many passwords were wrong
    :raises Busy: too many passwords are checked at once
    """
    network = network_of(address)
    of_account: list[tuple] = [("failures", "account", account.pk, network)] if account else []
    of_caller: list[tuple] = [("network_failures", network)]
    if typed:
        # As a name and as an address, for writing either in another way finds the same account.
        for key in sorted({normalize_name(typed), normalize_email_key(typed)} - {""}):
            of_caller.append(("failures", "typed", key, network))
    else:  # the caller is signed in and knows whose password it is
        of_caller, of_account = of_caller + of_account, []
    _check_reached(of_caller)
    right = check_password(password, account.password if account else UNUSABLE)
    if account and right and account.is_active:
        # Again, for many guesses at once have all passed the first check.
        _check_reached(of_caller)
        # Refused like a wrong password: a 429 would reveal whose email address it is.
        if not any(rate_limits.is_reached(*counter) for counter in of_account):
            return True
    for counter in of_account:
        rate_limits.count_attempt(*counter)
    for counter in of_caller:
        rate_limits.check_and_count(*counter)
    return False


def _check_reached(counters: list[tuple]) -> None:
    for counter in counters:
        rate_limits.check_reached(*counter)
