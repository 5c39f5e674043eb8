"""Warn about TRUSTED_PROXIES = 0 behind a proxy: all clients would share one rate limit."""

import logging

from django.conf import settings
from django.core.exceptions import MiddlewareNotUsed

logger = logging.getLogger(__name__)

FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED")
UNTRUSTED_PROXY = (
    "PUBLIC_URL is https, so a proxy stands in front of this server, but TRUSTED_PROXIES is 0: "
    "all clients have the proxy's address and share its rate limits."
)
HINT = "Set TRUSTED_PROXIES to the number of proxies that set X-Forwarded-For."


def is_proxy_untrusted() -> bool:
    """Return whether there must be a proxy although none is trusted."""
    return settings.PUBLIC_URL.startswith("https://") and not settings.TRUSTED_PROXIES


class UntrustedProxyMiddleware:
    """Log once per process that a proxy forwards requests although none is trusted."""

    def __init__(self, get_response):
        if settings.TRUSTED_PROXIES:
            raise MiddlewareNotUsed
        self.get_response = get_response
        self._has_warned = False

    def __call__(self, request):
        if not self._has_warned and any(name in request.META for name in FORWARDED):
            self._has_warned = True
            logger.warning("A request was forwarded, but TRUSTED_PROXIES is 0. %s", HINT)
        return self.get_response(request)
