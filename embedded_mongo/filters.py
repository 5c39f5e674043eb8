"""Evaluating filters as mongomock does, with a hash lookup for long lists of values."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from bson import Regex
from mongomock import filtering
from sentinels import NOTHING

from embedded_mongo.codec import Document
from embedded_mongo.terms import HAS_TERMS, has_terms


class ValueSet(list):
    """The values of an `$in` or `$nin`, which are looked up by their hash.

    Values are equal if Python says so, as in mongomock: 1 equals 1.0 and True.
    """

    def __init__(self, values: Iterable[Any]):
        super().__init__(values)
        self._by_key: dict[Hashable, list] = {}
        for value in self:
            equal_values = self._by_key.setdefault(_lookup_key(value), [])
            if value not in equal_values:
                equal_values.append(value)

    def __contains__(self, value: Any) -> bool:
        return value in self._by_key.get(_lookup_key(value), ())


class _Filterer(filtering._Filterer):
    """mongomock's evaluation of filters with support for value sets."""

    def __init__(self) -> None:
        super().__init__()
        self._operator_map |= {
            "$in": _is_in,
            "$nin": lambda value, values: not _is_in(value, values),
            HAS_TERMS: has_terms,
        }


def with_value_sets(condition: Any) -> Any:
    """Return the filter with each list of values replaced by a `ValueSet`."""
    if isinstance(condition, Mapping):
        return {name: _convert_operand(name, value) for name, value in condition.items()}
    if isinstance(condition, list | tuple):
        return [with_value_sets(inner) for inner in condition]
    return condition


def matches(condition: Any, document: Document) -> bool:
    """
    Return whether a document matches a filter.

    :param condition: the result of `with_value_sets`
    :raises OperationFailure: the filter is invalid
    """
    return _filterer.apply(condition, document)


def _convert_operand(name: str, value: Any) -> Any:
    if name == "$expr":
        return value  # Its `$in` is another operator.
    if name in ("$in", "$nin") and isinstance(value, list | tuple):
        # Regular expressions cannot be looked up.
        has_patterns = any(isinstance(inner, re.Pattern | Regex) for inner in value)
        return value if has_patterns else ValueSet(value)
    return with_value_sets(value)


def _is_in(value: Any, values: Any) -> bool:
    """Return the result of mongomock's `$in`: an array matches by any of its elements."""
    if not isinstance(values, ValueSet):
        return filtering._in_op(value, values)
    if value is NOTHING:
        return None in values
    return any(inner in values for inner in (value if isinstance(value, list | tuple) else [value]))


def _lookup_key(value: Any) -> Hashable:
    """Return a hashable key that is equal if the values are equal."""
    try:
        hash(value)
    except TypeError:
        return _key_of_unhashable(value)
    return value


def _key_of_unhashable(value: Any) -> Hashable:
    if isinstance(value, Mapping):
        return dict, frozenset((name, _lookup_key(inner)) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return list, tuple(map(_lookup_key, value))
    return type(value), repr(value)


_filterer = _Filterer()
