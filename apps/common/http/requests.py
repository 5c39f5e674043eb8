"""
The product's own request class.

Django parses `Content-Type` while it creates the request, where no exception handler applies.
"""

import re

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.handlers.wsgi import WSGIRequest
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import cached_property
from django.utils.http import parse_header_parameters

LONGEST_CONTENT_TYPE = 256
MOST_PARTS = 64  # of a page's form; Django parses each part's header in n² for n semicolons
UNKNOWN = "application/octet-stream"

_ESCAPE = re.compile(r"\\(?:([0-3][0-7]{2})|(.))", re.DOTALL)


class Request(WSGIRequest):
    """
    Django's request, but no header makes it fail, and its encoding is always UTF-8.

    Django would decode query and form with any Python codec that `charset` names.
    """

    def _set_content_type_params(self, meta: dict) -> None:
        if not _is_readable(meta.get("CONTENT_TYPE", "")):
            meta["CONTENT_TYPE"] = UNKNOWN
        self.content_type, self.content_params = parse_header_parameters(
            meta.get("CONTENT_TYPE", "")
        )

    def parse_file_upload(self, META, post_data):
        """
        Read the form of a page, which never has a file; the API's parsers read the API's forms.

        Limits are needed here, because the CSRF check reads forms before a view can refuse them.

        :raises RequestDataTooBig: the form is larger than any form of the product
        :raises MultiPartParserError: the form is malformed or has too many parts
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
    A stream of a form's body that fails if the form has too many parts.

    Django counts neither files without a field name nor the work to find each part.
    """

    def __init__(self, stream, media_type: str, *, most: int):
        _, parameters = parse_header_parameters(media_type)
        self._stream = stream
        self._most = most
        self._boundary = b"--" + parameters.get("boundary", "").encode()
        self._end = b""  # of the previous chunk, because a boundary may span two chunks
        self._boundaries = 0

    def read(self, size: int) -> bytes:
        """
        :raises MultiPartParserError: the form has too many parts
        """
        chunk = self._stream.read(size)
        text = self._end + chunk
        self._boundaries += text.count(self._boundary)
        if self._boundaries > self._most:
            raise MultiPartParserError("The form has too many parts.")
        self._end = text[-(len(self._boundary) - 1) :]
        return chunk


def parse_cookies(header: str) -> dict[str, str]:
    """Return the same cookies as Django, which needs n² steps on Python before 3.11.10."""
    cookies = {}
    for part in header.split(";"):
        name, sign, value = part.partition("=")
        if not sign:
            name, value = "", part
        name, value = name.strip(), _unquote(value.strip())
        if (name or value) and "\0" not in value:  # PostgreSQL accepts no null character.
            cookies[name] = value
    return cookies


def _is_readable(content_type: str) -> bool:
    """Return whether a content type is short, ASCII, and without encoded parameters (RFC 2231)."""
    return (
        len(content_type) <= LONGEST_CONTENT_TYPE
        and content_type.isascii()
        and content_type.isprintable()
        and "*" not in content_type
    )


def _unquote(value: str) -> str:
    if len(value) < 2 or value[0] != '"' or value[-1] != '"':
        return value
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)) if match[1] else match[2], value[1:-1])
