"""Fields that accept only their own JSON type: no number as a string, no string as a number."""

import re
from decimal import Decimal

from bson import ObjectId
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.common.http.echo import truncate
from apps.common.invisible_characters import is_blank, remove_invisible
from apps.common.normalization import normalize_line_breaks
from apps.common.storage.pictures import picture_url

_OBJECT_ID = re.compile(r"[0-9a-f]{24}")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_LINE_BREAK = re.compile(r"[\n\r\t\x85\u2028\u2029]")
LARGEST_NUMBER = 1_000_000_000
MOST_ELEMENTS = 1_000  # of a list, unless its field has a `max_length`


def is_object_id(value: object) -> bool:
    return isinstance(value, str) and _OBJECT_ID.fullmatch(value) is not None


class TextField(serializers.CharField):
    """
    A single line of text or, with `lines=True`, several lines separated by LF.

    Invisible characters are removed from a single line, unless `as_written=True`, which is for
    values that are compared with stored ones or have their own rules.
    """

    default_error_messages = {
        "control": _("Control characters are not allowed."),
        "one_line": _("Line breaks are not allowed."),
    }

    def __init__(self, *, lines: bool = False, as_written: bool = False, **options):
        self.lines = lines
        self.as_written = as_written or lines
        options.setdefault("trim_whitespace", not lines)  # Several lines stay as they were sent.
        super().__init__(**options)

    def to_internal_value(self, data):
        if not isinstance(data, str):
            self.fail("invalid")
        value = super().to_internal_value(data)
        check_length(self, value)
        if _CONTROL.search(value):
            self.fail("control")
        if not self.lines and _LINE_BREAK.search(value):
            self.fail("one_line")
        value = normalize_line_breaks(value)
        if not self.as_written:
            value = self._without_invisible(value)
        if not self.allow_blank and is_blank(value):
            self.fail("blank")
        return value

    def _without_invisible(self, value: str) -> str:
        visible = remove_invisible(value)
        return visible.strip() if self.trim_whitespace else visible


def check_length(field: serializers.CharField, value: str) -> None:
    """
    Check the length before any other check; DRF would check it last.

    :raises ValidationError: the text is longer than the field's `max_length`
    """
    if field.max_length is not None and len(value) > field.max_length:
        field.fail("max_length", max_length=field.max_length)


class ChoiceField(serializers.ChoiceField):
    """A choice whose error messages repeat only the beginning of an invalid value."""

    def to_internal_value(self, data):
        if isinstance(data, list | dict):
            self.fail("invalid_choice", input=truncate(data))
        return super().to_internal_value(data)

    def fail(self, key: str, **values):
        super().fail(key, **{name: truncate(value) for name, value in values.items()})


class ListField(serializers.ListField):
    """A list whose type and length are checked before any of its elements."""

    def to_internal_value(self, data):
        if not isinstance(data, list):
            self.fail("not_a_list", input_type=type(data).__name__)
        most = MOST_ELEMENTS if self.max_length is None else self.max_length
        if len(data) > most:
            self.fail("max_length", max_length=most)
        return super().to_internal_value(data)


class NumberField(serializers.IntegerField):
    def __init__(self, **options):
        options.setdefault("max_value", LARGEST_NUMBER)
        super().__init__(**options)

    def to_internal_value(self, data):
        if not isinstance(data, int) or isinstance(data, bool):
            self.fail("invalid")
        return data


class DecimalField(serializers.FloatField):
    """A number with a limited number of decimal places."""

    default_error_messages = {
        "places": _("Use at most {places} decimal places."),
    }

    def __init__(self, *, places: int, **options):
        self.places = places
        options.setdefault("max_value", LARGEST_NUMBER)
        super().__init__(**options)

    def to_internal_value(self, data):
        if not isinstance(data, int | float) or isinstance(data, bool):
            self.fail("invalid")
        if abs(data) > LARGEST_NUMBER:
            self.fail("max_value", max_value=self.max_value)
        if round(data, self.places) != data:
            self.fail("places", places=self.places)
        return float(data)


class BooleanField(serializers.BooleanField):
    def to_internal_value(self, data):
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class MoneyField(serializers.Field):
    """An amount as a string with at most two decimal places, stored in cents."""

    default_error_messages = {
        "invalid": _('Enter an amount as a string with two decimal places, such as "19.90".'),
        "too_large": _("The amount is too large."),
    }
    _AMOUNT = re.compile(r"(\d{1,12})(?:\.(\d{1,2}))?", re.ASCII)

    class Meta:
        swagger_schema_fields = {
            "type": "string",
            "pattern": r"^\d{1,12}(\.\d{1,2})?$",
            "example": "19.90",
        }

    def to_internal_value(self, data) -> int:
        match = self._AMOUNT.fullmatch(data) if isinstance(data, str) else None
        if match is None:
            return self.fail("invalid")
        cents = int(match[1]) * 100 + int((match[2] or "").ljust(2, "0"))
        if cents > LARGEST_NUMBER:
            self.fail("too_large")
        return cents

    def to_representation(self, value: int) -> str:
        return f"{Decimal(value) / 100:.2f}"


class ObjectIdField(serializers.Field):
    """The id of a document; the service checks whether the document exists."""

    default_error_messages = {"invalid": _("An id consists of 24 hexadecimal digits.")}

    class Meta:
        swagger_schema_fields = {"type": "string", "pattern": "^[0-9a-f]{24}$"}

    def to_internal_value(self, data) -> ObjectId:
        if not is_object_id(data):
            self.fail("invalid")
        return ObjectId(data)

    def to_representation(self, value) -> str:
        return str(value)


class PictureField(serializers.Field):
    """The URL of a picture, which null removes; a new picture is uploaded at its own URL."""

    def __init__(self, **options):
        if not options.get("read_only"):
            options |= {"required": False, "allow_null": True}
        super().__init__(**options)

    class Meta:
        swagger_schema_fields = {"type": "string", "x-nullable": True}

    default_error_messages = {"upload": _("Upload a picture at its own URL.")}

    def to_internal_value(self, data):
        if not self.parent.replaces or not isinstance(data, str):
            self.fail("upload")
        raise serializers.SkipField()  # Clients may send back the URL that they have read.

    def to_representation(self, value: str) -> str | None:
        return picture_url(value)
