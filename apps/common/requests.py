"""
The request as this product reads it.

Django reads `Content-Type` while it makes a request, where no handler answers for an exception.
"""

import re

from django.core.handlers.wsgi import WSGIRequest
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters

LONGEST_CONTENT_TYPE = 256
UNKNOWN = "application/octet-stream"

_ESCAPE = re.compile(r"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL)


class Request(WSGIRequest):
    """Django's request, which no header can make fail, and which is always UTF-8.

    Django would decode query and form by any codec of Python's that `charset` names.
    """

    def _set_content_type_params(self, meta: dict) -> None:
        if not _is_readable(meta.get("CONTENT_TYPE", "")):
            meta["CONTENT_TYPE"] = UNKNOWN
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        header = self.META.get("HTTP_COOKIE", "").encode("latin-1").decode(errors="replace")
        return parse_cookies(header)


def parse_cookies(header: str) -> dict[str, str]:
    """Return the cookies as Django does; Python before 3.11.10 needs n² for n backslashes."""
    cookies = {}
    for part in header.split(";"):
        name, sign, value = part.partition("=")
        if not sign:
            name, value = "", part
        name, value = name.strip(), value.strip()
        if name or value:
            cookies[name] = _unquote(value)
    return cookies


def _is_readable(content_type: str) -> bool:
    """Say whether a content type is short, ASCII, and without encoded parameters (RFC 2231)."""
    return (
        len(content_type) <= LONGEST_CONTENT_TYPE
        and content_type.isascii()
        and content_type.isprintable()
        and "*" not in content_type
    )


def _unquote(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return _ESCAPE.sub(lambda found: chr(int(found[1], 8)) if found[1] else found[2], value[1:-1])
