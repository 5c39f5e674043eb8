"""Browsers keep their refresh token where no script reads it: in a cookie for `/api/auth/`."""

from datetime import UTC, datetime

from django.conf import settings
from django.http.request import split_domain_port
from django.utils.translation import gettext as _

from apps.common.errors import Forbidden
from apps.users.tokens import Tokens

NAME = "refresh"
PATH = "/api/auth/"
LOCAL = ("localhost", "127.0.0.1", "[::1]")


def wants_cookie(request) -> bool:
    """
    Say whether the caller is a browser that speaks in cookie mode.

    Another site can make a browser send the cookie, but neither the header nor its own origin.

    :raises Forbidden: the page that asks is another site's
    """
    if request.headers.get("X-Auth-Mode", "").lower() != "cookie":
        return False
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if origin not in (None, own, settings.PUBLIC_URL, *settings.CORS_ALLOWED_ORIGINS):
        raise Forbidden(_("Another site may not do this."))
    return True


def refresh_token_of(request, given: str) -> str:
    """
    Return the refresh token of the body or, in cookie mode, of the cookie; "" for none.

    :raises Forbidden: there is a cookie alone, without the header that a foreign page cannot send
    """
    kept = request.COOKIES.get(NAME, "")
    if wants_cookie(request):
        return kept
    if kept and not given:
        raise Forbidden(_("The cookie counts with the header `X-Auth-Mode: cookie` alone."))
    return given


def put_cookie(request, response, tokens: Tokens) -> None:
    left = tokens.refresh_until - datetime.now(UTC)
    response.set_cookie(NAME, tokens.refresh, max_age=int(left.total_seconds()), **_how(request))


def drop_cookie(request, response) -> None:
    response.set_cookie(NAME, "", max_age=0, **_how(request))


def _how(request) -> dict:
    host, _port = split_domain_port(request.get_host())
    plain = not request.is_secure() and host in LOCAL
    return {"path": PATH, "httponly": True, "samesite": "Strict", "secure": not plain}
