"""Password checks. Wrong passwords are counted, and past a limit no more are checked."""

from django.contrib.auth.hashers import check_password

from apps.common.client_address import network_of
from apps.common.normalization import normalize_email_key, normalize_name
from apps.common.storage import rate_limits
from apps.users.models import Account

UNUSABLE = "!"  # Django hashes for it, too, so that the time does not reveal an account.


def is_password_right(
    *, account: Account | None, password: str, address: str, typed: str = ""
) -> bool:
    """
    Return whether the account is active and the password is correct; count a failure if not.

    :param address: the client's IP address
    :param typed: the username or email address that was typed. It is counted as well as the
        account, so that the limit does not reveal whether the account exists.
    :raises Throttled: too many passwords were wrong
    :raises Busy: too many passwords are being checked
    """
    network = network_of(address)
    of_account: list[tuple] = [("failures", "account", account.pk, network)] if account else []
    of_caller: list[tuple] = [("network_failures", network)]
    if typed:
        # Count it in both normalized forms, because every spelling finds the same account.
        for key in sorted({normalize_name(typed), normalize_email_key(typed)} - {""}):
            of_caller.append(("failures", "typed", key, network))
    else:  # The caller is signed in and knows that the account exists.
        of_caller, of_account = of_caller + of_account, []
    _check_reached(of_caller)
    is_right = check_password(password, account.password if account else UNUSABLE)
    if account and is_right and account.is_active:
        # Check again, because concurrent guesses have all passed the first check.
        _check_reached(of_caller)
        # Refuse it like a wrong password: a 429 would reveal whose email address it is.
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
