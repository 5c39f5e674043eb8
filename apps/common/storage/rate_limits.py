"""Rate limits: how often a client may ask, each a setting, counted for all workers together."""

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
    A limit is reached.

    :param wait: seconds until it is lifted
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


def counter_key(limit: str, *who: object) -> tuple[str, int]:
    """Return the counter's key and seconds; the key names nobody."""
    name = blake2b("|".join(map(str, who)).encode(), digest_size=12).hexdigest()
    return f"limit:{limit}:{name}", settings.RATE_LIMITS[limit][1]


def check_and_count(limit: str, *who: object) -> None:
    """
    Count one more.

    :raises Throttled: that is more than the limit allows
    """
    if settings.RATE_LIMITED:
        key, seconds = counter_key(limit, *who)
        _refuse_past(limit, cache.increment_counter(key, seconds), key)


def count_attempt(limit: str, *who: object) -> None:
    """Count one more, whatever the limit allows."""
    if settings.RATE_LIMITED:
        cache.increment_counter(*counter_key(limit, *who))


def undo_count(limit: str, *who: object) -> None:
    """Take one count back."""
    key, _seconds = counter_key(limit, *who)
    cache.undo_increment(key)


def is_reached(limit: str, *who: object) -> bool:
    """Return whether one more is more than the limit allows."""
    key, _seconds = counter_key(limit, *who)
    return settings.RATE_LIMITED and cache.read_counter(key) >= settings.RATE_LIMITS[limit][0]


def check_reached(limit: str, *who: object) -> None:
    """
    Check a limit without counting.

    :raises Throttled: it is reached
    """
    if is_reached(limit, *who):
        key, _seconds = counter_key(limit, *who)
        raise _throttled(limit, key)


class RequestLimit:
    """Limits the requests of a person, or of a network that nobody signed in from.

    Authentication has counted a person's already, in the round trip that it makes anyway; it
    leaves the number in `request.auth`.
    """

    def allow_request(self, request, view) -> bool:
        if not settings.RATE_LIMITED:
            return True
        if request.user.is_authenticated:
            key, _seconds = counter_key("signed_in", request.user.id)
            _refuse_past("signed_in", request.auth.requests or 0, key)
        else:
            check_and_count("anonymous", client_network(request))
        return True


def _refuse_past(limit: str, number: int, key: str) -> None:
    if number > settings.RATE_LIMITS[limit][0]:
        raise _throttled(limit, key)


def _throttled(limit: str, key: str) -> Throttled:
    """Return the refusal, with the time until the counter starts over."""
    _allowed, seconds = settings.RATE_LIMITS[limit]
    left = cache.seconds_left(key)
    return Throttled(wait=seconds if left is None else min(left, seconds))
