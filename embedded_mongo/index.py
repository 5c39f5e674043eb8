"""Indexes: finding documents by the values of their fields without comparing all of them."""

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from itertools import product, takewhile
from typing import Any, NamedTuple

from bson import ObjectId
from mongomock.filtering import filter_applies, iter_key_candidates
from mongomock.helpers import patch_datetime_awareness_in_document
from pymongo.errors import WriteError
from sentinels import NOTHING

from embedded_mongo.codec import Document
from embedded_mongo.fields import fields_of_filter
from embedded_mongo.terms import SortedStrings, Term

Bounds = list[tuple[Callable[[Any, Any], bool], Any]]
Entry = tuple[Any, ...]  # One key for each field of the index.

HASHED_AS_IS = (str, int, ObjectId)
# Values for which equal index keys mean the same as mongomock's comparison.
COMPARED_BY_KEY = (*HASHED_AS_IS, bool, type(None))
EMPTY_ARRAY = (list, ())
NOT_A_NUMBER = (float, "nan")
MAX_COMBINATIONS = 5_000
PARALLEL_ARRAYS = 171  # MongoDB's error code for arrays in two fields of one index.


class IndexMatch(NamedTuple):
    """The documents that an index finds for a filter.

    :param numbers: sets of document numbers; their union contains all documents that match
    :param is_exact: whether all documents in the union match, so that none must be compared
    :param rest: the part of the filter to compare; None: the whole filter
    """

    numbers: list[set[int]]
    is_exact: bool
    rest: Mapping[str, Any] | None = None

    @property
    def cost(self) -> tuple[int, bool]:
        return sum(map(len, self.numbers)), not self.is_exact


class Index:
    """The numbers of a collection's documents by the values of the index's fields."""

    def __init__(self, name: str, key: Iterable[tuple[str, Any]], **options: Any):
        self.name = name
        self.key = [(field, direction) for field, direction in key]
        self.options = options
        self.fields = [field for field, _ in self.key]
        self.unique = bool(options.get("unique"))
        self._sparse = bool(options.get("sparse"))
        self._partial = options.get("partialFilterExpression")
        filtered = fields_of_filter(self._partial or {})
        # The top-level fields of a document that the index needs; None: possibly all.
        self.required_fields = (
            None if filtered is None else filtered | {f.partition(".")[0] for f in self.fields}
        )
        # Text, hashed and geospatial indexes are stored and listed, but not used.
        self._is_supported = all(direction in (1, -1) for _, direction in self.key)
        # A dictionary for each number of leading fields.
        self._numbers: list[dict[Entry, set[int]]] = [defaultdict(set) for _ in self.fields]
        self._strings = SortedStrings()

    @property
    def has_every_term(self) -> bool:
        """Return whether the index contains every document with a string in the first field."""
        return self._is_supported and self._partial is None and "." not in self.fields[0]

    @property
    def definition(self) -> Document:
        return {"key": list(self.key), **self.options}

    def add(self, number: int, document: Document) -> None:
        for entry in self._entries(document):
            if entry[:1] not in self._numbers[0]:
                self._strings.add(entry[0])
            for length, numbers in enumerate(self._numbers, start=1):
                numbers[entry[:length]].add(number)

    def remove(self, number: int, document: Document) -> None:
        for entry in self._entries(document):
            for length, numbers in enumerate(self._numbers, start=1):
                # Entries of an array share their first keys, which may already be removed.
                if holders := numbers.get(entry[:length]):
                    holders.discard(number)
                    if not holders:
                        del numbers[entry[:length]]

    def find_duplicate(self, number: int, document: Document) -> Entry | None:
        """Return an entry of the document that violates uniqueness, or None."""
        if self.unique:
            for entry in self._entries(document):
                if self._numbers[-1].get(entry, set()) - {number}:
                    return entry
        return None

    def check_parallel_arrays(self, document: Document) -> None:
        """
        Check the number of entries of a document.

        :raises WriteError: arrays in several fields have too many combinations
        """
        arrays = [
            field
            for field in self.fields
            if isinstance(document.get(field.partition(".")[0]), list)
        ]
        if len(arrays) > 1:
            combinations = math.prod(len(_keys_at(field, document)) for field in arrays)
            if combinations > MAX_COMBINATIONS:
                message = f"cannot index parallel arrays: {', '.join(arrays)}"
                raise WriteError(message, PARALLEL_ARRAYS)

    def match(self, condition: Mapping, keys: Mapping[str, list]) -> IndexMatch | None:
        """
        Return the documents whose leading fields equal the values in a filter.

        Return None if the filter does not compare the leading field, or if the index may lack
        documents that match.

        :param keys: the filter's `equality_keys`
        """
        leading = list(takewhile(keys.__contains__, self.fields))
        while len(leading) > 1 and _count_combinations(keys, leading) > MAX_COMBINATIONS:
            leading.pop()
        if not leading or not self._is_supported or self._partial is not None:
            return None
        values = [keys[field] for field in leading]
        if self._sparse and all(None in field_values for field_values in values):
            return None
        numbers = self._numbers[len(leading) - 1]
        return IndexMatch(
            [numbers[entry] for entry in set(product(*values)) if entry in numbers],
            is_exact=len(leading) == len(condition) and all(map(_is_exact, condition.items())),
        )

    def match_present(self, bounds: Mapping[str, Bounds]) -> IndexMatch | None:
        """
        Return the documents of a sparse index that may have a field which a filter requires.

        :param bounds: the filter's `required_fields`
        """
        if not self._sparse or self._partial is not None or not self._is_supported:
            return None
        if bounds.keys().isdisjoint(self.fields):
            return None
        entries = self._numbers[0].items()
        # Only one bound is used: elements of an array may each satisfy another one.
        first_bound = bounds.get(self.fields[0], [])[:1]
        numbers = [numbers for (key,), numbers in entries if _may_satisfy(key, first_bound)]
        return IndexMatch(numbers, is_exact=False)

    def match_term(self, term: Term) -> list[set[int]] | None:
        """
        Return the documents with this term in the first field, by their whole strings.

        Return None if too many strings have the prefix.
        """
        holders = self._numbers[0]
        strings = self._strings.with_prefix(term.text, holders) if term.is_prefix else [term.text]
        if strings is None:
            return None
        return [holders[string,] for string in strings if (string,) in holders]

    def _entries(self, document: Document) -> list[Entry]:
        if not self._is_supported or not self._includes(document):
            return []
        return list(product(*(_keys_at(field, document) for field in self.fields)))

    def _includes(self, document: Document) -> bool:
        if self._sparse and not any(_has_value(field, document) for field in self.fields):
            return False
        return self._partial is None or filter_applies(self._partial, document)


def key_of(value: Any) -> Any:
    """Return a hashable key for a value; keys are equal if MongoDB considers the values equal."""
    if type(value) in HASHED_AS_IS:
        return value
    if isinstance(value, bool):
        return bool, value  # In Python, True equals 1.
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


def values_compared(operand: Any) -> list | None:
    """Return the values that a field must equal one of, or None if that is not the condition."""
    if not isinstance(operand, Mapping) or not any(name.startswith("$") for name in operand):
        return [operand]
    if "$eq" in operand:
        return [operand["$eq"]]
    values = operand.get("$in")
    return list(values) if isinstance(values, list | tuple) else None


def _may_satisfy(key: Any, bounds: Bounds) -> bool:
    """Return False for a time outside the bounds; other values must be compared."""
    return not isinstance(key, datetime) or all(compare(key, bound) for compare, bound in bounds)


def _is_exact(item: tuple[str, Any]) -> bool:
    """Return whether a part of a filter compares a top-level field with simple values only."""
    field, operand = item
    if field.startswith("$") or "." in field or (isinstance(operand, Mapping) and len(operand) > 1):
        return False
    return all(type(value) in COMPARED_BY_KEY for value in values_compared(operand) or [operand])


def _keys_at(field: str, document: Document) -> set:
    """Return the keys of all values at a path; those of an array are its elements."""
    if "." in field:
        values = [
            None if value is NOTHING else value for value in iter_key_candidates(field, document)
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


def _has_value(field: str, document: Document) -> bool:
    return any(value is not NOTHING for value in iter_key_candidates(field, document))


def _count_combinations(keys: Mapping[str, list], fields: list[str]) -> int:
    return math.prod(len(keys[field]) for field in fields)
