"""
Types for representations: the shapes of the API's responses.

A representation is a `TypedDict` in an app's `representations.py`, next to the function that builds
it. `apps.common.http.serializers` derives the serializer that describes it from these types:

    class CourseCardRepresentation(TypedDict):
        id: Id
        image: str | None
        lessons: Annotated[int, Help("Published lessons.")]
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, TypedDict


@dataclass(frozen=True)
class Format:
    """The format of a string: `id`, `timestamp`, `date` or `money`."""

    name: str


@dataclass(frozen=True)
class Help:
    """A description of a field for the API schema."""

    text: str


Id = Annotated[str, Format("id")]
Timestamp = Annotated[str, Format("timestamp")]
Date = Annotated[str, Format("date")]
Money = Annotated[str, Format("money")]


class Revisioned(TypedDict):
    """A representation whose `revision` becomes the ETag and is not part of the response body."""

    revision: int


def format_money(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
