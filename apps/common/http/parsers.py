"""The API's parsers: strict JSON with limits on everything, and forms with a file."""

import codecs
import json
import math
from collections.abc import Collection
from typing import Any

from django.core.files.uploadhandler import TemporaryFileUploadHandler
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser

from apps.common.http.echo import truncate
from apps.common.http.requests import LimitedParts
from apps.common.storage.pictures import MAX_BYTES as MAX_PICTURE_BYTES

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 10_000  # in all objects of a body
MAX_VALUES = 20_000  # array elements and object values in a body
MAX_KEY_LENGTH = 256
MAX_NUMBER_LENGTH = 100  # characters
FORM_BYTES = 64 * 1024  # of a form, in addition to its file
FORM_PARTS = 20

INVALID_UNICODE = _("The text contains invalid Unicode.")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 1 MB.")


class StrictJSONParser(JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the body's value.

        Each limit is checked before the work that it limits, and each check runs in linear time.

        :raises ParseError: the body is not JSON, exceeds a limit, or repeats a key
        :raises ValidationError: the body contains unpaired surrogates
        :raises TooLarge: the body is larger than 1 MB
        """
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge()
        text = _decode(raw)
        _check_structure(_outside_strings(raw))
        try:
            value = json.loads(
                text,
                object_pairs_hook=_object,
                parse_constant=_refuse_constant,
                parse_int=_integer,
                parse_float=_finite,
            )
        except json.JSONDecodeError as error:
            raise ParseError(
                _("The body is not JSON (line %(line)s, column %(column)s).")
                % {"line": error.lineno, "column": error.colno}
            ) from error
        if b"\\u" in raw:  # Only an escape can encode an unpaired surrogate.
            _check_unicode(value)
        return value


def _decode(raw: bytes) -> str:
    try:
        return codecs.decode(raw, "utf-8")
    except UnicodeDecodeError as error:
        raise ParseError(
            _("The body is not UTF-8 (byte %(byte)s).") % {"byte": error.start + 1}
        ) from error


def _outside_strings(raw: bytes) -> bytes:
    """Return the body without its strings; the result is meaningless if it is not JSON."""
    without_escapes = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(without_escapes.split(b'"')[::2])


def _check_structure(structure: bytes) -> None:
    """Refuse too many keys or values, and deep nesting, before the body is parsed."""
    if structure.count(b":") > MAX_KEYS:
        raise ParseError(_("The body has more than %(number)s keys.") % {"number": MAX_KEYS})
    brackets = structure.translate(None, _NO_BRACKETS)
    # Each value follows a comma, or is the first value in a pair of brackets.
    if structure.count(b",") + (len(brackets) + 1) // 2 > MAX_VALUES:
        raise ParseError(_("The body has more than %(number)s values.") % {"number": MAX_VALUES})
    depth = 0
    for bracket in brackets:
        depth += 1 if bracket in b"[{" else -1
        if depth > MAX_DEPTH:
            raise ParseError(
                _("The body is nested deeper than %(depth)s levels.") % {"depth": MAX_DEPTH}
            )


def _object(pairs: list) -> dict:
    value_by_key: dict = {}
    for key, value in pairs:
        if len(key) > MAX_KEY_LENGTH:
            raise ParseError(
                _("A key is longer than %(number)s characters.") % {"number": MAX_KEY_LENGTH}
            )
        if key in value_by_key:
            raise ParseError(
                _("The key “%(name)s” appears twice in an object.") % {"name": truncate(key)}
            )
        value_by_key[key] = value
    return value_by_key


def _refuse_constant(name: str):
    raise ParseError(_("%(word)s is not JSON.") % {"word": name})


def _integer(digits: str) -> int:
    _check_length(digits)
    return int(digits)


def _finite(digits: str) -> float:
    _check_length(digits)
    value = float(digits)
    if math.isinf(value):
        raise ParseError(_("The number %(number)s is too large.") % {"number": digits[:40]})
    return value


def _check_length(digits: str) -> None:
    """Refuse long numbers, because the time to parse one grows with the square of its length."""
    if len(digits) > MAX_NUMBER_LENGTH:
        raise ParseError(_("A number in the body is too long."))


def _check_unicode(value: object) -> None:
    """
    Refuse unpaired surrogates, which neither a response nor a store can encode.

    :raises ValidationError: fields contain them
    :raises ParseError: a body without fields contains them
    """
    fields = value if isinstance(value, dict) else {}
    invalid = [name for name, part in fields.items() if not _is_unicode([name, part])]
    if invalid:
        raise ValidationError({name: [INVALID_UNICODE] for name in invalid})
    if not fields and not _is_unicode(value):
        raise ParseError(INVALID_UNICODE)


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class UnnamedUploadHandler(TemporaryFileUploadHandler):
    """
    Write an upload to a temporary file whose name is independent of the client's.

    Django would use the upload's extension, which may be too long for the file system.
    """

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, "upload", *args, **kwargs)


class FileParser(MultiPartParser):
    """A form with a file."""

    most_bytes = MAX_BYTES
    too_large: Any = _("The file is larger than 1 MB.")

    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the form.

        :raises ParseError: the body is not a form, has too many parts, or is incomplete
        :raises TooLarge: the declared length is too large; nothing is read
        """
        if int(stream.META.get("CONTENT_LENGTH") or 0) > self.most_bytes + FORM_BYTES:
            raise TooLarge(self.too_large)
        try:
            return super().parse(
                LimitedParts(stream, media_type, most=FORM_PARTS), media_type, parser_context
            )
        except ParseError as error:  # Its message is not translated.
            raise ParseError(_("The form cannot be read.")) from error

    @classmethod
    def file(cls, request, field: str, *, other_fields: Collection[str] = ()):
        """
        Return the uploaded file.

        :param other_fields: the names of further fields that the form may have
        :raises ValidationError: the form does not have exactly one file, or has unknown fields
        :raises TooLarge: the file is too large
        """
        unknown = [name for name in request.data if name not in {field, *other_fields}]
        errors = {name: [_("This field does not exist.")] for name in unknown}
        files = request.FILES.getlist(field)
        if len(files) != 1:
            errors[field] = [_("Upload exactly one file.")]
        if errors:
            raise ValidationError(errors)
        if files[0].size > cls.most_bytes:
            raise TooLarge(cls.too_large)
        return files[0]


class PictureParser(FileParser):
    """A form with a picture."""

    most_bytes = MAX_PICTURE_BYTES
    too_large = _("The picture is larger than 5 MB.")
