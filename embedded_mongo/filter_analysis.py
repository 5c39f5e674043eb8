"""What a filter requires of each field, so that an index can find the documents."""

import re
from collections.abc import Mapping
from datetime import datetime
from operator import ge, gt, le, lt
from typing import Any

from bson import ObjectId, Regex

from embedded_mongo.index import Bounds, key_of, values_compared

COMPARISONS = {"$gt": gt, "$gte": ge, "$lt": lt, "$lte": le}
ORDERED = (str, int, float, ObjectId, datetime)  # Null also matches a missing field.
NOT_INDEXED = (list, tuple, re.Pattern, Regex)  # An index contains the elements of an array.


def equality_keys(condition: Any) -> dict[str, list]:
    """Return the index keys that fields must equal one of, for each field with such a condition."""
    keys: dict[str, list] = {}
    if not isinstance(condition, Mapping):
        return keys
    for field, operand in condition.items():
        if field == "$and" and isinstance(operand, list | tuple):
            for part in operand:
                keys = equality_keys(part) | keys
        elif not field.startswith("$"):
            values = values_compared(operand)
            if values is not None and not any(isinstance(value, NOT_INDEXED) for value in values):
                keys[field] = [key_of(value) for value in values]
    return keys


def required_fields(condition: Any) -> dict[str, Bounds]:
    """Return the top-level fields that a document needs to match, with the bounds of times."""
    required: dict[str, Bounds] = {}
    if not isinstance(condition, Mapping):
        return required
    for field, operand in condition.items():
        if field == "$and" and isinstance(operand, list | tuple):
            for part in operand:
                required = required_fields(part) | required
        elif "." not in field and not field.startswith("$") and _requires_field(operand):
            required[field] = [
                (COMPARISONS[name], key_of(value))
                for name, value in operand.items()
                if name in COMPARISONS and isinstance(value, datetime)
            ]
    return required


def branches_of_or(condition: Any) -> list[list]:
    """Return the branches of each `$or` that a document must satisfy to match."""
    if not isinstance(condition, Mapping):
        return []
    branches = []
    for field, operand in condition.items():
        if isinstance(operand, list | tuple) and operand:
            if field == "$or":
                branches.append(list(operand))
            elif field == "$and":
                branches += [nested for part in operand for nested in branches_of_or(part)]
    return branches


def _requires_field(operand: Any) -> bool:
    """Return whether no document without the field matches the condition."""
    return isinstance(operand, Mapping) and any(
        _requires_presence(operator, value) for operator, value in operand.items()
    )


def _requires_presence(operator: str, value: Any) -> bool:
    if operator in COMPARISONS:
        return isinstance(value, ORDERED)
    return (operator == "$ne" and value is None) or (operator == "$exists" and value is True)
