"""Rate limits: how often one may ask, each a setting, counted for all workers together."""

from hashlib import blake2b

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.throttling import BaseThrottle

from apps.common import cache
from apps.common.addresses import address_of


def counter_of(limit: str, *who: object) -> tuple[str, int]:
    """Return the counter's key and seconds; the key names nobody."""
    name = blake2b("|".join(map(str, who)).encode(), digest_size=12).hexdigest()
    return f"limit:{limit}:{name}", settings.RATE_LIMITS[limit][1]


def check(limit: str, *who: object) -> None:
    """Count one more; raise :class:`Throttled` past the limit."""
    if settings.RATE_LIMITED:
        _refuse_past(limit, cache.count(*counter_of(limit, *who)))


def check_reached(limit: str, *who: object) -> None:
    """Raise :class:`Throttled` where the limit is reached, without counting."""
    if settings.RATE_LIMITED:
        _refuse_past(limit, cache.counted(counter_of(limit, *who)[0]) + 1)


class RequestLimit(BaseThrottle):
    """So many requests for a person, or for an address that nobody signed in from.

    Authentication has counted a person's already, in the round trip that it makes anyway; it
    leaves the number in `request.auth`.
    """

    def allow_request(self, request, view) -> bool:
        if not settings.RATE_LIMITED:
            return True
        if request.user.is_authenticated:
            _refuse_past("signed_in", request.auth.requests or 0)
        else:
            check("anonymous", address_of(request))
        return True


def _refuse_past(limit: str, number: int) -> None:
    allowed, seconds = settings.RATE_LIMITS[limit]
    if number > allowed:
        raise Throttled(wait=seconds)
