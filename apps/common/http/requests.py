"""
The request as this product reads it.

Django reads `Content-Type` while it makes a request, where no handler answers for an exception.
"""

import re

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters

LONGEST_CONTENT_TYPE = 256
MOST_PARTS = 64  # of a form of a page: Django reads the head of each in n² for n semicolons
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

    def parse_file_upload(self, META, post_data):
        """
        Read a form of a page. None of ours has a file; the API's parsers read its forms.

        The check against forged requests reads forms before a view can refuse them.

        :raises RequestDataTooBig: it is larger than any form of ours
        :raises MultiPartParserError: it has too many parts, or is malformed
        """
        if int(META.get("CONTENT_LENGTH") or 0) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise RequestDataTooBig("The form is too large.")
        parts = LimitedParts(post_data, META["CONTENT_TYPE"], most=MOST_PARTS)
        return super().parse_file_upload(META, parts)

    @cached_property
    def COOKIES(self) -> dict[str, str]:
        header = self.META.get("HTTP_COOKIE", "").encode("latin-1").decode(errors="replace")
        return parse_cookies(header)


class LimitedParts:
    """
    Passes on a form's body while it is read, and refuses it once it has too many parts.

    Django counts neither files without a field's name nor what each part costs to find.
    """

    def __init__(self, stream, media_type: str, *, most: int):
        _, parameters = parse_header_parameters(media_type)
        self._stream = stream
        self._most = most
        self._boundary = b"--" + parameters.get("boundary", "").encode()
        self._end = b""  # of the chunk before: a boundary may stand across two
        self._boundaries = 0

    def read(self, size: int) -> bytes:
        """
        :raises MultiPartParserError: there are too many parts
        """
        chunk = self._stream.read(size)
        text = self._end + chunk
        self._boundaries += text.count(self._boundary)
        if self._boundaries > self._most:
            raise MultiPartParserError("The form has too many parts.")
        self._end = text[-(len(self._boundary) - 1) :]
        return chunk


def parse_cookies(header: str) -> dict[str, str]:
    """Return the cookies as Django does; Python before 3.11.10 needs n² for n backslashes."""
    cookies = {}
    for part in header.split(";"):
        name, sign, value = part.partition("=")
        if not sign:
            name, value = "", part
        name, value = name.strip(), _unquote(value.strip())
        if (name or value) and "\0" not in value:  # which PostgreSQL takes in no value
            cookies[name] = value
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
