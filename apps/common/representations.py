"""
The types of which representations are made: what the API answers, ready for JSON.

A representation is a `TypedDict` in an app's `representations.py`, beside the function that builds
it. `apps.common.http.serializers` makes the serializer that describes it from these types:

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
    """How a string is to be read: `id`, `timestamp`, `day`, `money` or `optional text`."""

    name: str


@dataclass(frozen=True)
class Help:
    """What a field means, for the API's description."""

    text: str


Id = Annotated[str, Format("id")]
Timestamp = Annotated[str, Format("timestamp")]
Day = Annotated[str, Format("day")]
Money = Annotated[str, Format("money")]
OptionalText = Annotated[str, Format("optional text")]  # may be empty


class Revisioned(TypedDict):
    """A representation whose `revision` becomes the ETag; it is not part of the answer's body."""

    revision: int


def format_money(cents: int) -> str:
    return f"{Decimal(cents) / 100:.2f}"
