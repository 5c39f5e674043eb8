"""Query parameters, read as strictly as bodies: an unknown or a wrong one is a 400."""

import re

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rest_framework import serializers

from apps.common.http.echo import truncate
from apps.common.http.fields import ChoiceField, ObjectIdField, TextField
from apps.common.http.serializers import Serializer
from apps.common.normalization import search_words
from apps.common.storage.pagination import CURSOR, LARGEST_PAGE, PAGE_SIZE, Paging

SEARCH_LENGTH = 200
SEARCH_WORDS = 20


class ChoicesParam(serializers.Field):
    """Several of some words, separated by commas."""

    MOST_WORDS = 20

    def __init__(self, choices: list[str], **options):
        self.choices = choices
        super().__init__(**options)

    def to_internal_value(self, data: str) -> list[str]:
        words = data.split(",", self.MOST_WORDS)
        if len(words) > self.MOST_WORDS:
            raise serializers.ValidationError(
                _("List at most %(number)s values.") % {"number": self.MOST_WORDS}
            )
        for word in words:
            if word not in self.choices:
                known = ", ".join(self.choices)
                raise serializers.ValidationError(
                    _("“%(word)s” is none of: %(known)s.")
                    % {"word": truncate(word), "known": known}
                )
        return list(dict.fromkeys(words))


class IntegerParam(serializers.IntegerField):
    """A number in plain digits: Python would read `1_0` and `1.0` as well."""

    _DIGITS = re.compile(r"-?\d{1,20}", re.ASCII)

    def to_internal_value(self, data: str) -> int:
        if not self._DIGITS.fullmatch(data):
            self.fail("invalid")
        return int(data)


class BooleanParam(ChoiceField):
    def __init__(self, **options):
        super().__init__(choices=["true", "false"], **options)

    def to_internal_value(self, data) -> bool:
        return super().to_internal_value(data) == "true"


class SearchParam(TextField):
    def __init__(self, **options):
        super().__init__(max_length=SEARCH_LENGTH, allow_blank=True, **options)

    def to_internal_value(self, data) -> str:
        value = super().to_internal_value(data)
        if len(search_words(value)) > SEARCH_WORDS:  # The store looks up each word separately.
            raise serializers.ValidationError(
                _("List at most %(number)s values.") % {"number": SEARCH_WORDS}
            )
        return value


class Query(Serializer):
    """The parameters of one route; what it does not declare does not exist."""

    unknown = gettext_lazy("There is no such parameter.")

    def __init__(self, *args, expandable=(), **options):
        super().__init__(*args, **options)
        if expandable:
            self.fields["expand"] = ChoicesParam(
                sorted(expandable),
                required=False,
                help_text=f"Puts cards in the place of ids: {', '.join(sorted(expandable))}.",
            )

    @classmethod
    def read(cls, request, **options) -> "Query":
        """
        Return the request's validated query.

        :raises ValidationError: a parameter is unknown, wrong, or given twice
        """
        given = request.query_params
        twice = {name: [_("Give this once.")] for name in given if len(given.getlist(name)) > 1}
        query = cls(data=given.dict(), **options)
        if not query.is_valid() or twice:
            raise serializers.ValidationError(query.errors | twice)
        return query

    @property
    def expand(self) -> list[str]:
        return self.validated_data.get("expand", [])


class ListQuery(Query):
    page = IntegerParam(required=False, min_value=1, max_value=1_000_000_000)
    page_size = IntegerParam(
        required=False,
        min_value=1,
        max_value=LARGEST_PAGE,
        help_text=f"{PAGE_SIZE} unless told, at most {LARGEST_PAGE}.",
    )

    _NO_FILTERS = ("page", "page_size", "cursor", "expand")

    @property
    def paging(self) -> Paging:
        given = self.validated_data
        cursor = given.get("cursor", "") if "cursor" in self.fields else None
        return Paging(
            number=given.get("page", 1),
            size=given.get("page_size", PAGE_SIZE),
            cursor=None if "page" in given else cursor,
        )

    @property
    def filters(self) -> dict:
        """What the list is narrowed to and ordered by, for the selector."""
        return {
            name: value
            for name, value in self.validated_data.items()
            if name not in self._NO_FILTERS
        }


class CursorListQuery(ListQuery):
    """For lists that grow for ever: a cursor in place of the page's number."""

    cursor = serializers.RegexField(CURSOR, required=False, help_text="As `next` gives it.")

    def validate(self, given: dict) -> dict:
        if "page" in given and "cursor" in given:
            raise serializers.ValidationError({"cursor": [_("Give a page or a cursor.")]})
        return given


def reference_filter(what: str) -> ObjectIdField:
    return ObjectIdField(required=False, help_text=f"Only those of this {what}.")
