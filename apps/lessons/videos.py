"""Which video addresses a lesson may have, and which players a page may embed."""

from urllib.parse import SplitResult, urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

from apps.common.hosts import is_public, normalize_host


def problem_with(url: str) -> str | None:
    """Return what is wrong with a video's address, or None."""
    try:
        parts = urlsplit(url)
        host = normalize_host(parts.hostname or "")
        parts.port  # noqa: B018 - raises ValueError for an invalid port
    except ValueError:
        return _("Enter a valid URL.")
    if parts.scheme not in ("http", "https"):
        return _("Enter a URL that begins with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        return _("Enter a URL without a username or password.")
    if not is_public(host) or any(sign in url for sign in "\\ \"'<>`"):
        return _("Enter a URL on a public host.")
    return None


def embed_url(url: str | None) -> str | None:
    """Return the address if a page may embed it: HTTPS, on a host in `VIDEO_HOSTS`."""
    if not url:
        return None
    parts = urlsplit(url)
    netloc = _normalized_netloc(parts)
    if parts.scheme != "https" or netloc not in settings.VIDEO_HOSTS:
        return None
    return parts._replace(netloc=netloc).geturl()


def _normalized_netloc(parts: SplitResult) -> str:
    """Return the host, and the port unless it is that of HTTPS; "" for an invalid host."""
    try:
        host = normalize_host(parts.hostname or "")
    except UnicodeError:
        return ""
    return host if parts.port in (None, 443) else f"{host}:{parts.port}"
