"""Finding documents by the values of their fields without looking at all of them."""

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import product, takewhile
from operator import ge, gt, le, lt
from typing import Any, NamedTuple

from bson import ObjectId, Regex
from mongomock.filtering import filter_applies, iter_key_candidates
from mongomock.helpers import patch_datetime_awareness_in_document
from pymongo.errors import WriteError
from sentinels import NOTHING

from embedded_mongo.codec import Document
from embedded_mongo.fields import fields_of_filter

Bounds = list[tuple[Callable[[Any, Any], bool], Any]]
Place = tuple[Any, ...]  # where a document stands in an index: one key for each field

PLAIN = (str, int, ObjectId)
# Values for which equal index keys mean what mongomock's comparison means.
COMPARED_BY_KEY = (*PLAIN, bool, type(None))
COMPARISONS = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
ORDERED = (str, int, float, ObjectId, datetime)  # null, for one, matches a missing field
EMPTY_ARRAY = (list, ())
NOT_A_NUMBER = (float, "nan")
UNINDEXED = (list, tuple, re.Pattern, Regex)  # an array stands in an index by its elements
MOST_COMBINATIONS = 5_000
PARALLEL_ARRAYS = 171  # MongoDB's code for arrays in two fields of one index


class Answer(NamedTuple):
    """What an index says of a filter.

    :param numbers: sets of documents; all that meet the filter are in their union
    :param is_exact: the others are not, so that nothing is left to compare
    """

    numbers: list[set[int]]
    is_exact: bool

    @property
    def cost(self) -> tuple[int, bool]:
        return sum(map(len, self.numbers)), not self.is_exact


class Index:
    """The numbers of a collection's documents by the values of the declared fields."""

    def __init__(self, name: str, key: Iterable[tuple[str, Any]], **options: Any):
        self.name = name
        self.key = [(field, direction) for field, direction in key]
        self.options = options
        self.fields = [field for field, _ in self.key]
        self.unique = bool(options.get("unique"))
        self._sparse = bool(options.get("sparse"))
        self._partial = options.get("partialFilterExpression")
        read = fields_of_filter(self._partial or {})
        # The top-level fields that it needs of a document, or None if it may need any.
        self.reads = None if read is None else read | {f.partition(".")[0] for f in self.fields}
        # Text, hashed and geographical indexes are declared and kept, but serve nothing.
        self._serves = all(direction in (1, -1) for _, direction in self.key)
        self._numbers: list[dict[Place, set[int]]] = [defaultdict(set) for _ in self.fields]

    @property
    def declaration(self) -> Document:
        return {"key": list(self.key), **self.options}

    def add(self, number: int, document: Document) -> None:
        for place in self._places(document):
            for length, numbers in enumerate(self._numbers, start=1):
                numbers[place[:length]].add(number)

    def remove(self, number: int, document: Document) -> None:
        for place in self._places(document):
            for length, numbers in enumerate(self._numbers, start=1):
                # An array's places may begin alike: then the first has removed it from all.
                if holders := numbers.get(place[:length]):
                    holders.discard(number)
                    if not holders:
                        del numbers[place[:length]]

    def held_by_another(self, number: int, document: Document) -> Place | None:
        """Return a place of the document's that another one has, where that must not be."""
        if self.unique:
            for place in self._places(document):
                if self._numbers[-1].get(place, set()) - {number}:
                    return place
        return None

    def refuse_parallel_arrays(self, document: Document) -> None:
        """
        :raises WriteError: arrays in several fields have too many combinations to be indexed
        """
        arrays = [
            field
            for field in self.fields
            if isinstance(document.get(field.partition(".")[0]), list)
        ]
        if len(arrays) > 1:
            combinations = math.prod(len(_keys_at(field, document)) for field in arrays)
            if combinations > MOST_COMBINATIONS:
                message = f"cannot index parallel arrays: {', '.join(arrays)}"
                raise WriteError(message, PARALLEL_ARRAYS)

    def answer(self, condition: Mapping, wanted: Mapping[str, list]) -> Answer | None:
        """
        Return the documents that have the wanted values in the index's leading fields.

        None says that the index cannot tell: its fields are not asked for, or it does not hold
        every document.

        :param wanted: the filter's `wanted_values`
        """
        leading = list(takewhile(wanted.__contains__, self.fields))
        while len(leading) > 1 and _combinations(wanted, leading) > MOST_COMBINATIONS:
            leading.pop()
        if not leading or not self._serves or self._partial is not None:
            return None
        values = [wanted[field] for field in leading]
        if self._sparse and all(None in each for each in values):
            return None
        numbers = self._numbers[len(leading) - 1]
        return Answer(
            [numbers[place] for place in set(product(*values)) if place in numbers],
            is_exact=len(leading) == len(condition) and all(map(_is_plain, condition.items())),
        )

    def answer_present(self, bounds: Mapping[str, Bounds]) -> Answer | None:
        """
        Return the documents of a sparse index that may have a field which a filter requires.

        :param bounds: the filter's `required_fields`
        """
        if not self._sparse or self._partial is not None or not self._serves:
            return None
        if bounds.keys().isdisjoint(self.fields):
            return None
        places = self._numbers[0].items()
        within = bounds.get(self.fields[0], [])[:1]  # An array may meet each by another element.
        found = [numbers for (key,), numbers in places if _may_be_within(key, within)]
        return Answer(found, is_exact=False)

    def _places(self, document: Document) -> list[Place]:
        if not self._serves or not self._takes(document):
            return []
        return list(product(*(_keys_at(field, document) for field in self.fields)))

    def _takes(self, document: Document) -> bool:
        if self._sparse and not any(_is_there(field, document) for field in self.fields):
            return False
        return self._partial is None or filter_applies(self._partial, document)


def key_of(value: Any) -> Any:
    """Return what stands for a value in an index: hashable, equal where values are to MongoDB."""
    if type(value) in PLAIN:
        return value
    if isinstance(value, bool):
        return bool, value  # to Python, True is 1
    if isinstance(value, Mapping):
        return dict, frozenset((name, key_of(inner)) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return list, tuple(key_of(inner) for inner in value)
    if isinstance(value, datetime):
        return patch_datetime_awareness_in_document(value)
    if isinstance(value, float) and math.isnan(value):
        return NOT_A_NUMBER
    try:
        hash(value)
    except TypeError:
        return type(value), repr(value)
    return value


def wanted_values(condition: Any) -> dict[str, list]:
    """Return the keys of what each field may equal that must equal something to meet a filter."""
    wanted: dict[str, list] = {}
    if not isinstance(condition, Mapping):
        return wanted
    for field, asked in condition.items():
        if field == "$and" and isinstance(asked, list | tuple):
            for part in asked:
                wanted = wanted_values(part) | wanted
        elif not field.startswith("$"):
            values = _equal_to(asked)
            if values is not None and not any(isinstance(value, UNINDEXED) for value in values):
                wanted[field] = [key_of(value) for value in values]
    return wanted


def required_fields(condition: Any) -> dict[str, Bounds]:
    """Return the fields that a document must have to meet a filter, with their times' bounds."""
    required: dict[str, Bounds] = {}
    if not isinstance(condition, Mapping):
        return required
    for field, asked in condition.items():
        if field == "$and" and isinstance(asked, list | tuple):
            for part in asked:
                required = required_fields(part) | required
        elif "." not in field and not field.startswith("$") and _requires_field(asked):
            required[field] = [
                (COMPARISONS[name], key_of(value))
                for name, value in asked.items()
                if name in COMPARISONS and isinstance(value, datetime)
            ]
    return required


def alternatives(condition: Any) -> list[list]:
    """Return the branches of each `$or` of which a document must meet one to meet a filter."""
    if not isinstance(condition, Mapping):
        return []
    found = []
    for field, asked in condition.items():
        if isinstance(asked, list | tuple) and asked:
            if field == "$or":
                found.append(list(asked))
            elif field == "$and":
                found += [branches for part in asked for branches in alternatives(part)]
    return found


def _requires_field(asked: Any) -> bool:
    """Return whether what is asked of a field matches no document without it."""
    return isinstance(asked, Mapping) and any(
        _requires_presence(operator, value) for operator, value in asked.items()
    )


def _requires_presence(operator: str, value: Any) -> bool:
    if operator in COMPARISONS:
        return isinstance(value, ORDERED)
    return (operator == "$ne" and value is None) or (operator == "$exists" and value is True)


def _may_be_within(key: Any, bounds: Bounds) -> bool:
    """Return False for a time out of bounds; other values are left to the comparison."""
    return not isinstance(key, datetime) or all(compare(key, bound) for compare, bound in bounds)


def _is_plain(item: tuple[str, Any]) -> bool:
    """Return whether a part of a filter asks a top-level field for simple values only."""
    field, asked = item
    if field.startswith("$") or "." in field or (isinstance(asked, Mapping) and len(asked) > 1):
        return False
    return all(type(value) in COMPARED_BY_KEY for value in _equal_to(asked) or [asked])


def _equal_to(asked: Any) -> list | None:
    """Return the values of which a field must equal one, or None if not that is asked."""
    if not isinstance(asked, Mapping) or not any(name.startswith("$") for name in asked):
        return [asked]
    if "$eq" in asked:
        return [asked["$eq"]]
    among = asked.get("$in")
    return list(among) if isinstance(among, list | tuple) else None


def _keys_at(field: str, document: Document) -> set:
    """Return the keys of all values that a path leads to: one for each element of an array."""
    if "." in field:
        values = [
            None if each is NOTHING else each for each in iter_key_candidates(field, document)
        ]
    else:
        values = [document.get(field)]
    keys: set = set()
    for value in values or [None]:
        if isinstance(value, list):
            keys.update(map(key_of, value) if value else [EMPTY_ARRAY])
        else:
            keys.add(key_of(value))
    return keys


def _is_there(field: str, document: Document) -> bool:
    return any(value is not NOTHING for value in iter_key_candidates(field, document))


def _combinations(wanted: Mapping[str, list], fields: list[str]) -> int:
    return math.prod(len(wanted[field]) for field in fields)
