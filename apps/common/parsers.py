"""JSON as the API takes it: bounded in size, depth and keys, and meaning one thing only."""

import codecs
import json
import math
import re
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException, ParseError, ValidationError
from rest_framework.parsers import JSONParser, MultiPartParser

from apps.common.pictures import MAX_BYTES as MAX_PICTURE_BYTES

MAX_BYTES = 1024 * 1024
MAX_DEPTH = 32
MAX_KEYS = 10_000
FORM_BYTES = 64 * 1024  # what a form may hold around its file

_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*+"|[\[\]{}]', re.DOTALL)


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"
    default_detail = _("The body is larger than 1 MB.")


class StrictJSONParser(JSONParser):
    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the body's value.

        :raises ParseError: it is not JSON, nested too deep, or names a key twice
        :raises TooLarge: it is over a megabyte
        """
        raw = stream.read(MAX_BYTES + 1)
        if len(raw) > MAX_BYTES:
            raise TooLarge()
        try:
            text = codecs.decode(raw, "utf-8")
        except UnicodeDecodeError as error:
            raise ParseError(
                _("The body is not UTF-8 (byte %(byte)s).") % {"byte": error.start + 1}
            ) from error
        _check_depth(text)
        try:
            return json.loads(
                text,
                object_pairs_hook=_Pairs(),
                parse_constant=_refuse_constant,
                parse_float=_finite,
            )
        except json.JSONDecodeError as error:
            raise ParseError(
                _("The body is not JSON (line %(line)s, column %(column)s).")
                % {"line": error.lineno, "column": error.colno}
            ) from error
        except ValueError as error:  # an integer of more digits than Python reads
            raise ParseError(_("The body is not usable JSON: a number is too long.")) from error


class _Pairs:
    """Builds one body's objects, counting their keys."""

    def __init__(self):
        self.keys = 0

    def __call__(self, pairs: list) -> dict:
        self.keys += len(pairs)
        if self.keys > MAX_KEYS:
            raise ParseError(_("The body has more than %(number)s keys.") % {"number": MAX_KEYS})
        made = dict(pairs)
        if len(made) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise ParseError(
                _("The body names “%(name)s” twice in one object.") % {"name": twice[:80]}
            )
        return made


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser recurses into it."""
    depth = 0
    for token in _STRING_OR_BRACKET.finditer(text):
        if token[0] in ("[", "{"):
            depth += 1
            if depth > MAX_DEPTH:
                raise ParseError(
                    _("The body is nested deeper than %(depth)s levels.") % {"depth": MAX_DEPTH}
                )
        elif token[0] in ("]", "}"):
            depth -= 1


def _refuse_constant(name: str):
    raise ParseError(_("%(word)s is not JSON.") % {"word": name})


def _finite(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ParseError(_("%(number)s is too large a number.") % {"number": digits[:40]})
    return value


class FileParser(MultiPartParser):
    """A form that carries a file."""

    most_bytes = MAX_BYTES
    too_large: Any = _("The file is larger than 1 MB.")

    def parse(self, stream, media_type=None, parser_context=None):
        """
        Return the form.

        :raises ParseError: it is no form, or is cut off
        :raises TooLarge: it says that it is larger than its file may be; nothing of it is read
        """
        if int(stream.META.get("CONTENT_LENGTH") or 0) > self.most_bytes + FORM_BYTES:
            raise TooLarge(self.too_large)
        try:
            return super().parse(stream, media_type, parser_context)
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
