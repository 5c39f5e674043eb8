"""Compare documents with a filter as mongomock does, but look values up in long lists."""

import re
from collections.abc import Hashable, Iterable, Mapping
from typing import Any

from bson import Regex
from mongomock import filtering
from sentinels import NOTHING

from embedded_mongo.codec import Document


class ValueSet(list):
    """The values of an `$in` or `$nin`: whether one is among them is known without a walk.

    Values are equal where Python says so, as in mongomock: 1 equals 1.0 and True.
    """

    def __init__(self, values: Iterable[Any]):
        super().__init__(values)
        self._by_key: dict[Hashable, list] = {}
        for value in self:
            equal = self._by_key.setdefault(_lookup_key(value), [])
            if value not in equal:
                equal.append(value)

    def __contains__(self, value: Any) -> bool:
        return value in self._by_key.get(_lookup_key(value), ())


class _Filterer(filtering._Filterer):
    """Mongomock's comparison of a filter with a document; it knows value sets, too."""

    def __init__(self) -> None:
        super().__init__()
        self._operator_map |= {"$in": _is_in, "$nin": lambda *given: not _is_in(*given)}


def with_value_sets(condition: Any) -> Any:
    """Return the filter with a `ValueSet` for each list of values in it."""
    if isinstance(condition, Mapping):
        return {name: _operand(name, value) for name, value in condition.items()}
    if isinstance(condition, list | tuple):
        return [with_value_sets(each) for each in condition]
    return condition


def matches(condition: Any, document: Document) -> bool:
    """
    Return whether a document meets a filter.

    :param condition: the filter, as `with_value_sets` returns it
    :raises OperationFailure: the filter is malformed
    """
    return _filterer.apply(condition, document)


def _operand(name: str, value: Any) -> Any:
    if name == "$expr":
        return value  # its `$in` is another operator
    if name in ("$in", "$nin") and isinstance(value, list | tuple):
        # A regular expression among the values must be tried, so such a list is walked.
        has_patterns = any(isinstance(each, re.Pattern | Regex) for each in value)
        return value if has_patterns else ValueSet(value)
    return with_value_sets(value)


def _is_in(found: Any, values: Any) -> bool:
    """Compare as mongomock's own `$in` does: an array is in the values by any of its elements."""
    if not isinstance(values, ValueSet):
        return filtering._in_op(found, values)
    if found is NOTHING:
        return None in values
    return any(each in values for each in (found if isinstance(found, list | tuple) else [found]))


def _lookup_key(value: Any) -> Hashable:
    """Return something hashable that is equal wherever the values are."""
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
