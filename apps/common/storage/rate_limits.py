"""Rate limits: each is a setting, and all workers count together."""

from hashlib import blake2b
from math import ceil

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common.client_address import client_network
from apps.common.errors import DomainError
from apps.common.storage import cache


class Throttled(DomainError):
    """
    A rate limit is reached.

    :param wait: seconds until the counter is reset
    """

    status = 429
    code = "throttled"

    def __init__(self, *, wait: float):
        self.retry_after = max(1, ceil(wait))
        minutes = ceil(self.retry_after / 60)
        self.advice = ngettext(
            "Try again in %(minutes)d minute.", "Try again in %(minutes)d minutes.", minutes
        ) % {"minutes": minutes}
        super().__init__(f"{_('Too many requests.')} {self.advice}")


def counter_key(limit: str, *client: object) -> tuple[str, int]:
    """Return the counter's key, which does not reveal the client, and its lifetime in seconds."""
    name = blake2b("|".join(map(str, client)).encode(), digest_size=12).hexdigest()
    return f"limit:{limit}:{name}", settings.RATE_LIMITS[limit][1]


def check_and_count(limit: str, *client: object) -> None:
    """
    Count a request.

    :raises Throttled: the limit does not allow it
    """
    if settings.RATE_LIMITED:
        key, seconds = counter_key(limit, *client)
        _check_number(limit, cache.increment_counter(key, seconds), key)


def count_attempt(limit: str, *client: object) -> None:
    """Count an attempt without checking the limit."""
    if settings.RATE_LIMITED:
        cache.increment_counter(*counter_key(limit, *client))


def undo_count(limit: str, *client: object) -> None:
    """Take one count back."""
    key, _seconds = counter_key(limit, *client)
    cache.undo_increment(key)


def is_reached(limit: str, *client: object) -> bool:
    """Return whether the limit allows no more requests."""
    key, _seconds = counter_key(limit, *client)
    return settings.RATE_LIMITED and cache.read_counter(key) >= settings.RATE_LIMITS[limit][0]


def check_reached(limit: str, *client: object) -> None:
    """
    Check a limit without counting.

    :raises Throttled: the limit is reached
    """
    if is_reached(limit, *client):
        key, _seconds = counter_key(limit, *client)
        raise _throttled(limit, key)


class RequestLimit:
    """
    Limit the requests of a user, or of a network if the client is anonymous.

    Authentication has already counted a user's requests, because that costs no extra round trip; it
    leaves the number in `request.auth`.
    """

    def allow_request(self, request, view) -> bool:
        if not settings.RATE_LIMITED:
            return True
        if request.user.is_authenticated:
            key, _seconds = counter_key("signed_in", request.user.id)
            _check_number("signed_in", request.auth.requests or 0, key)
        else:
            check_and_count("anonymous", client_network(request))
        return True


def _check_number(limit: str, number: int, key: str) -> None:
    if number > settings.RATE_LIMITS[limit][0]:
        raise _throttled(limit, key)


def _throttled(limit: str, key: str) -> Throttled:
    """Return the error with the time until the counter is reset."""
    _allowed, seconds = settings.RATE_LIMITS[limit]
    left = cache.seconds_left(key)
    return Throttled(wait=seconds if left is None else min(left, seconds))
