"""Which video addresses a lesson may have, and which players a page may embed."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

_LOCAL = ("localhost", "local", "internal", "lan", "home", "arpa", "test", "invalid", "onion")


def problem_with(url: str) -> str | None:
    """Return what is wrong with a video's address, or None."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        parts.port  # noqa: B018 - raises ValueError for an invalid port
    except ValueError:
        return _("Enter a valid URL.")
    if parts.scheme not in ("http", "https"):
        return _("Enter a URL that begins with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        return _("Enter a URL without a username or password.")
    if not _is_public(host) or any(sign in url for sign in "\\ \"'<>`"):
        return _("Enter a URL on a public host.")
    return None


def embed_url(url: str | None) -> str | None:
    """Return the address if a page may embed it: HTTPS, on a host in `VIDEO_HOSTS`."""
    if not url:
        return None
    parts = urlsplit(url)
    is_allowed = parts.scheme == "https" and parts.netloc in settings.VIDEO_HOSTS
    return url if is_allowed else None


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    labels = host.split(".")
    # A last label of digits is an address in another notation: 127.1, 0x7f.1, 2130706433.
    is_name = len(labels) > 1 and all(labels) and not labels[-1][0].isdigit()
    return is_name and labels[-1] not in _LOCAL
