"""Where a lesson's video may lie, and which player a page may frame. Nothing is ever fetched."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

_LOCAL = ("localhost", "local", "internal", "lan", "home", "arpa", "test", "invalid", "onion")


def problem_with(url: str) -> str | None:
    """Return what is wrong with a video's address, None where it may be shown."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".")
        parts.port  # noqa: B018 - raises where it is none
    except ValueError:
        return _("This is no address.")
    if parts.scheme not in ("http", "https"):
        return _("Give an address that begins with https:// or http://.")
    if parts.username is not None or parts.password is not None:
        return _("An address with a user or a password is not taken.")
    if not _is_public(host) or any(sign in url for sign in "\\ \"'<>`"):
        return _("Give an address on a public host.")
    return None


def embed_url(url: str | None) -> str | None:
    """Return what a page may frame: https, and a player that the settings name."""
    if not url:
        return None
    parts = urlsplit(url)
    known = parts.scheme == "https" and parts.netloc in settings.VIDEO_HOSTS
    return url if known else None


def _is_public(host: str) -> bool:
    try:
        return ip_address(host).is_global
    except ValueError:
        pass
    labels = host.split(".")
    # A last label of digits is an address in another notation: 127.1, 0x7f.1, 2130706433.
    named = len(labels) > 1 and all(labels) and not labels[-1][0].isdigit()
    return named and labels[-1] not in _LOCAL
