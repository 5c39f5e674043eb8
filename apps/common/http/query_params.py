"""Query parameters, validated as strictly as bodies: an unknown or invalid one is a 400."""

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
    """Several choices, separated by commas."""

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
                raise serializers.ValidationError(
                    _("“%(word)s” is not one of: %(choices)s.")
                    % {"word": truncate(word), "choices": ", ".join(self.choices)}
                )
        return list(dict.fromkeys(words))


class IntegerParam(serializers.IntegerField):
    """A number in plain digits; Python alone would also accept `1_0` and `1.0`."""

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
    """The parameters of a route; undeclared ones are refused."""

    unknown = gettext_lazy("This parameter does not exist.")

    def __init__(self, *args, expandable=(), **options):
        super().__init__(*args, **options)
        if expandable:
            self.fields["expand"] = ChoicesParam(
                sorted(expandable),
                required=False,
                help_text=f"Replaces ids with objects: {', '.join(sorted(expandable))}.",
            )

    @classmethod
    def read(cls, request, **options) -> "Query":
        """
        Return the request's validated query.

        :raises ValidationError: a parameter is unknown, invalid or repeated
        """
        params = request.query_params
        message = _("This parameter may be given only once.")
        repeated = {name: [message] for name in params if len(params.getlist(name)) > 1}
        query = cls(data=params.dict(), **options)
        if not query.is_valid() or repeated:
            raise serializers.ValidationError(query.errors | repeated)
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
        help_text=f"Default: {PAGE_SIZE}, maximum: {LARGEST_PAGE}.",
    )

    _NO_FILTERS = ("page", "page_size", "cursor", "expand")

    @property
    def paging(self) -> Paging:
        params = self.validated_data
        cursor = params.get("cursor", "") if "cursor" in self.fields else None
        return Paging(
            number=params.get("page", 1),
            size=params.get("page_size", PAGE_SIZE),
            cursor=None if "page" in params else cursor,
        )

    @property
    def filters(self) -> dict:
        """The selector's arguments: filters and ordering."""
        return {
            name: value
            for name, value in self.validated_data.items()
            if name not in self._NO_FILTERS
        }


class CursorListQuery(ListQuery):
    """The parameters of a list that grows without limit, with a cursor in addition to pages."""

    cursor = serializers.RegexField(CURSOR, required=False, help_text="The cursor from `next`.")

    def validate(self, params: dict) -> dict:
        if "page" in params and "cursor" in params:
            message = _("Use either a page or a cursor, not both.")
            raise serializers.ValidationError({"cursor": [message]})
        return params


def reference_filter(kind: str) -> ObjectIdField:
    return ObjectIdField(required=False, help_text=f"Only items of this {kind}.")
