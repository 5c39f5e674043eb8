"""The refresh token of browsers: in a cookie for `/api/auth/`, which no script can read."""

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
    Return whether the client is a browser that uses cookie mode.

    Another site can make a browser send the cookie, but not the header or this site's origin.

    :raises Forbidden: the request comes from another site's page
    """
    if request.headers.get("X-Auth-Mode", "").lower() != "cookie":
        return False
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if origin not in (None, own, settings.PUBLIC_URL, *settings.CORS_ALLOWED_ORIGINS):
        raise Forbidden(_("Requests from this origin are not allowed."))
    return True


def refresh_token_of(request, token_in_body: str) -> str:
    """
    Return the refresh token of the body or, in cookie mode, of the cookie; "" for none.

    :raises Forbidden: only the cookie is sent, without the header that other sites cannot send
    """
    token_in_cookie = request.COOKIES.get(NAME, "")
    if wants_cookie(request):
        return token_in_cookie
    if token_in_cookie and not token_in_body:
        raise Forbidden(_("The refresh cookie requires the header `X-Auth-Mode: cookie`."))
    return token_in_body


def set_cookie(request, response, tokens: Tokens) -> None:
    lifetime = tokens.refresh_until - datetime.now(UTC)
    max_age = int(lifetime.total_seconds())
    response.set_cookie(NAME, tokens.refresh, max_age=max_age, **_attributes(request))


def delete_cookie(request, response) -> None:
    response.set_cookie(NAME, "", max_age=0, **_attributes(request))


def _attributes(request) -> dict:
    host, _port = split_domain_port(request.get_host())
    is_local_http = not request.is_secure() and host in LOCAL
    return {"path": PATH, "httponly": True, "samesite": "Strict", "secure": not is_local_http}
