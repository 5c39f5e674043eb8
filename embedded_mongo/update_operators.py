"""Update operators with MongoDB's semantics, which mongomock's own do not always have."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from bson import Int64, Regex
from mongomock.filtering import BsonComparable, filter_applies, resolve_sort_key
from pymongo.errors import WriteError

from embedded_mongo.codec import Document
from embedded_mongo.index import key_of

BAD_VALUE = 2
TYPE_MISMATCH = 14
PATH_NOT_VIABLE = 28
MAX_PADDING = 1_500_000  # MongoDB's limit for elements added before a new element of an array.
MAX_INT64 = 2**63 - 1

MISSING = object()


def apply_change(document: Document, operator: str, path: str, value: Any) -> None:
    """
    Apply an operator to a field of a document in place.

    :raises WriteError: the operator cannot be applied to the field
    """
    compute = OPERATORS[operator]
    try:
        parent, name = _find_parent(document, path.split("."), is_optional=operator in OPTIONAL)
    except WriteError:
        if operator == "$unset":
            return
        raise
    if parent is None:
        return
    before = _get(parent, name)
    if before is MISSING and operator in OPTIONAL:
        return
    after = compute(before, value)
    if isinstance(parent, list):
        _set_element(parent, int(name), None if after is MISSING else after)
    elif after is MISSING:
        del parent[name]
    else:
        parent[name] = after


def _find_parent(document: Any, parts: list[str], *, is_optional: bool) -> tuple[Any, str]:
    """Return the document or array of the last name in a path; create it unless optional."""
    parent = document
    for position, name in enumerate(parts):
        is_last = position == len(parts) - 1
        if not _can_contain(parent, name):
            field = ".".join(parts[:position])
            message = f"Cannot create field '{name}' in element {{{field}: {parent!r}}}"
            raise WriteError(message, PATH_NOT_VIABLE)
        if is_last:
            break
        value = _get(parent, name)
        if value is MISSING:
            if is_optional:
                return None, name
            value = {}
            if isinstance(parent, list):
                _set_element(parent, int(name), value)
            else:
                parent[name] = value
        parent = value
    return parent, name


def _can_contain(parent: Any, name: str) -> bool:
    return isinstance(parent, dict) or (isinstance(parent, list) and _is_position(name))


def _is_position(name: str) -> bool:
    return name.isascii() and name.isdecimal() and (name == "0" or name[0] != "0")


def _get(parent: Any, name: str) -> Any:
    if isinstance(parent, dict):
        return parent.get(name, MISSING)
    return parent[int(name)] if int(name) < len(parent) else MISSING


def _set_element(array: list, position: int, value: Any) -> None:
    padding = position - len(array)
    if padding > MAX_PADDING:
        raise WriteError(f"Cannot add more than {MAX_PADDING} elements to an array.", BAD_VALUE)
    if padding >= 0:
        array += [None] * (padding + 1)
    array[position] = value


def _set(_before: Any, value: Any) -> Any:
    return value


def _unset(_before: Any, _value: Any) -> Any:
    return MISSING


def _increment(before: Any, value: Any) -> Any:
    _check_number(value)
    if before is MISSING:
        return value
    _check_number(before)
    total = before + value
    if isinstance(total, float):
        return total
    if not -MAX_INT64 - 1 <= total <= MAX_INT64:
        raise WriteError(f"$inc overflows: {before} + {value}", BAD_VALUE)
    return Int64(total) if isinstance(before, Int64) or isinstance(value, Int64) else total


def _check_number(value: Any) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise WriteError(f"$inc requires numbers, not {value!r}", TYPE_MISMATCH)


def _minimum(before: Any, value: Any) -> Any:
    is_less = before is MISSING or BsonComparable(value) < BsonComparable(before)
    return value if is_less else before


def _maximum(before: Any, value: Any) -> Any:
    is_greater = before is MISSING or BsonComparable(before) < BsonComparable(value)
    return value if is_greater else before


def _push(before: Any, value: Any) -> list:
    array = [] if before is MISSING else _check_array("$push", before)
    if not _has_modifiers(value):
        return [*array, value]
    position = value.get("$position", len(array))
    array = [*array[:position], *_check_array("$each", value["$each"]), *array[position:]]
    for key, direction in reversed(_sort_keys(value.get("$sort"))):
        array.sort(key=_sort_key(key), reverse=direction < 0)
    size = value.get("$slice", len(array))
    return array[size:] if size < 0 else array[:size]


def _sort_keys(order: Any) -> list[tuple[str | None, int]]:
    """Return pairs of a path and a direction; the path None means the whole element."""
    if order is None:
        return []
    return list(order.items()) if isinstance(order, Mapping) else [(None, order)]


def _sort_key(path: str | None) -> Callable[[Any], Any]:
    if path is None:
        return BsonComparable
    return lambda element: resolve_sort_key(path, element if isinstance(element, dict) else {})


def _add_to_set(before: Any, value: Any) -> list:
    array = [] if before is MISSING else list(_check_array("$addToSet", before))
    values = _check_array("$each", value["$each"]) if _has_modifiers(value) else [value]
    keys = set(map(_equality_key, array))
    for each in values:
        if (key := _equality_key(each)) not in keys:
            keys.add(key)
            array.append(each)
    return array


def _pull(before: Any, value: Any) -> list:
    return [each for each in _check_array("$pull", before) if not _is_pulled(value, each)]


def _is_pulled(condition: Any, element: Any) -> bool:
    """Return whether an element matches the condition of a `$pull`."""
    if isinstance(condition, Mapping) and not next(iter(condition), "").startswith("$"):
        return isinstance(element, dict) and bool(filter_applies(condition, element))
    if isinstance(condition, Mapping | re.Pattern | Regex):
        return bool(filter_applies({"element": condition}, {"element": element}))
    return _equality_key(condition) == _equality_key(element)


def _pull_all(before: Any, value: Any) -> list:
    keys = set(map(_equality_key, _check_array("$pullAll", value)))
    return [each for each in _check_array("$pullAll", before) if _equality_key(each) not in keys]


def _pop(before: Any, value: Any) -> list:
    if value not in (1, -1) or isinstance(value, bool):
        raise WriteError(f"$pop expects 1 or -1, found: {value!r}", BAD_VALUE)
    if not isinstance(before, list):
        raise WriteError("Path contains element of non-array type", TYPE_MISMATCH)
    return before[:-1] if value == 1 else before[1:]


def _has_modifiers(value: Any) -> bool:
    return isinstance(value, Mapping) and "$each" in value


def _check_array(operator: str, value: Any) -> list:
    if not isinstance(value, list | tuple):
        raise WriteError(f"{operator} requires an array, not {value!r}", BAD_VALUE)
    return list(value)


def _equality_key(value: Any) -> Any:
    """Return a hashable key; in documents, the order of the fields matters, as in MongoDB."""
    if isinstance(value, Mapping):
        return dict, tuple((name, _equality_key(inner)) for name, inner in value.items())
    if isinstance(value, list | tuple):
        return list, tuple(map(_equality_key, value))
    return key_of(value)


# Each takes the value of the field, or `MISSING`, and the operand, and returns the new value.
OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "$set": _set,
    "$setOnInsert": _set,
    "$unset": _unset,
    "$inc": _increment,
    "$min": _minimum,
    "$max": _maximum,
    "$push": _push,
    "$addToSet": _add_to_set,
    "$pull": _pull,
    "$pullAll": _pull_all,
    "$pop": _pop,
}
# These do not create a field that is missing.
OPTIONAL = {"$unset", "$pull", "$pullAll", "$pop"}
