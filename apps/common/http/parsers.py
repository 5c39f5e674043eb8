"""JSON as the API takes it: bounded in every way, and meaning one thing only."""

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
MAX_KEYS = 10_000  # keys of all objects of a body together
MAX_VALUES = 20_000  # values of a body: the elements of its arrays and the values of its keys
MAX_NAME = 256  # characters of a key
MAX_DIGITS = 100  # characters of a number
FORM_BYTES = 64 * 1024  # what a form may hold around its file
FORM_PARTS = 20

NO_UNICODE = _("A text holds characters that are no Unicode.")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 1 MB.")


class StrictJSONParser(JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the body's value.

        Every bound is checked before the work that it bounds, and every check takes time in
        proportion to the body's length.

        :raises ParseError: it is not JSON, exceeds a bound, or names a key twice
        :raises ValidationError: it holds surrogates without their pair
        :raises TooLarge: it is over a megabyte
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
        if b"\\u" in raw:  # A surrogate without its pair can only come from an escape.
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
    """Return the body without its strings; from where it stops being JSON on, anything."""
    without_escapes = raw.replace(b"\\\\", b"").replace(b'\\"', b"")
    return b"".join(without_escapes.split(b'"')[::2])


def _check_structure(structure: bytes) -> None:
    """Refuse too many keys or values, and deep nesting, before the parser makes anything."""
    if structure.count(b":") > MAX_KEYS:
        raise ParseError(_("The body has more than %(number)s keys.") % {"number": MAX_KEYS})
    brackets = structure.translate(None, _NO_BRACKETS)
    # Each value is the first one in a pair of brackets or follows a comma.
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
    made: dict = {}
    for name, value in pairs:
        if len(name) > MAX_NAME:
            raise ParseError(
                _("A key is longer than %(number)s characters.") % {"number": MAX_NAME}
            )
        if name in made:
            raise ParseError(
                _("The body names “%(name)s” twice in one object.") % {"name": truncate(name)}
            )
        made[name] = value
    return made


def _refuse_constant(name: str):
    raise ParseError(_("%(word)s is not JSON.") % {"word": name})


def _integer(digits: str) -> int:
    _check_digits(digits)
    return int(digits)


def _finite(digits: str) -> float:
    _check_digits(digits)
    value = float(digits)
    if math.isinf(value):
        raise ParseError(_("%(number)s is too large a number.") % {"number": digits[:40]})
    return value


def _check_digits(digits: str) -> None:
    """Refuse numbers that take long to read: the time grows with the square of their length."""
    if len(digits) > MAX_DIGITS:
        raise ParseError(_("The body is not usable JSON: a number is too long."))


def _check_unicode(value: object) -> None:
    """
    Refuse surrogates without their pair: no answer could repeat them and no store take them.

    :raises ValidationError: they are in these fields
    :raises ParseError: they are in a body that has no fields
    """
    fields = value if isinstance(value, dict) else {}
    wrong = {name: [NO_UNICODE] for name, part in fields.items() if not _is_unicode([name, part])}
    if wrong:
        raise ValidationError(wrong)
    if not fields and not _is_unicode(value):
        raise ParseError(NO_UNICODE)


def _is_unicode(value: object) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True


class UnnamedUploadHandler(TemporaryFileUploadHandler):
    """Writes an upload to a temporary file whose name takes nothing from the caller's.

    Django gives the temporary file the upload's extension, which may be too long for the disk.
    """

    def new_file(self, field_name, file_name, *args, **kwargs):
        super().new_file(field_name, "upload", *args, **kwargs)


class FileParser(MultiPartParser):
    """A form that carries a file."""

    most_bytes = MAX_BYTES
    too_large: Any = _("The file is larger than 1 MB.")

    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the form.

        :raises ParseError: it is no form, has too many parts, or is cut off
        :raises TooLarge: it says that it is larger than its file may be; nothing of it is read
        """
        if int(stream.META.get("CONTENT_LENGTH") or 0) > self.most_bytes + FORM_BYTES:
            raise TooLarge(self.too_large)
        try:
            return super().parse(
                LimitedParts(stream, media_type, most=FORM_PARTS), media_type, parser_context
            )
        except ParseError as error:  # which is told in English alone
            raise ParseError(_("The form cannot be read.")) from error

    @classmethod
    def file(cls, request, field: str, *, beside: Collection[str] = ()):
        """
        Return the uploaded file.

        :param beside: the form's other fields
        :raises ValidationError: the form does not hold exactly this one file, or unknown fields
        :raises TooLarge: the file is larger than it may be
        """
        known = {field, *beside}
        wrong = {name: [_("There is no such field.")] for name in request.data if name not in known}
        files = request.FILES.getlist(field)
        if len(files) != 1:
            wrong[field] = [_("Give one file.")]
        if wrong:
            raise ValidationError(wrong)
        if files[0].size > cls.most_bytes:
            raise TooLarge(cls.too_large)
        return files[0]


class PictureParser(FileParser):
    """A form that carries one picture."""

    most_bytes = MAX_PICTURE_BYTES
    too_large = _("The picture is larger than 5 MB.")
