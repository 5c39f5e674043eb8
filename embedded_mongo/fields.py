"""Partial decoding: decode only those top-level fields of a large document that a command needs.

A command often needs a few hundred bytes of a document of 3 MB, and decoding all of it takes about
10 ms.
"""

from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from struct import pack, unpack_from
from typing import Any

import bson

from embedded_mongo.codec import Document, decode, encode

SMALL = 4096  # Bytes. Decoding such a document completely takes no longer.

# The sizes of BSON values by type (https://bsonspec.org/spec.html): fixed, or a number of bytes in
# addition to the length at the beginning of the value.
_FIXED = {1: 8, 6: 0, 7: 12, 8: 1, 9: 8, 10: 0, 16: 4, 17: 8, 18: 8, 19: 16, 127: 0, 255: 0}
_PREFIXED = {2: 4, 3: 0, 4: 0, 5: 5, 12: 16, 13: 4, 14: 4, 15: 0}
_REGEX = 11

Fields = Container[str] | None  # None means all fields.


class AllExcept:
    """Contains all names except some."""

    def __init__(self, names: Collection[str]):
        self._names = names

    def __contains__(self, name: object) -> bool:
        return name not in self._names


def decode_fields(stored: bytes, fields: Fields) -> Document:
    """Decode at least these fields, in their order; a small document is decoded completely."""
    return decode(select_fields(stored, fields))


def select_fields(stored: bytes, fields: Fields) -> bytes:
    """Return a document with at least these fields; a small document is returned as it is."""
    if fields is None or len(stored) <= SMALL:
        return stored
    return _document(
        [stored[start:end] for name, start, end in _elements(stored) if name in fields]
    )


def elements(document: Document) -> dict[str, bytes]:
    """Return the encoded elements of a document by their names."""
    stored = encode(document)
    return {name: stored[start:end] for name, start, end in _elements(stored)}


def replace_elements(stored: bytes, replacements: Mapping[str, bytes | None]) -> bytes:
    """Return the document with some elements replaced, added or, if None, removed."""
    parts, added = [], dict(replacements)
    for name, start, end in _elements(stored):
        element = added.pop(name) if name in added else stored[start:end]
        parts.append(element or b"")
    return _document([*parts, *(element for element in added.values() if element)])


def complete(stored: bytes, document: Document, fields: Fields) -> Document:
    """Return these fields of a document that may be decoded only in part."""
    return document if len(stored) <= SMALL else decode_fields(stored, fields)


def fields_of_filter(condition: Any) -> set[str] | None:
    """Return the top-level fields that a filter compares, or None if it may compare any."""
    names: set[str] = set()
    if not isinstance(condition, Mapping):
        return None
    for name, value in condition.items():
        if name in ("$and", "$or", "$nor") and isinstance(value, list | tuple):
            nested = union(map(fields_of_filter, value))
            if nested is None:
                return None
            names |= nested
        elif name.startswith("$"):
            return None
        else:
            names.add(_top(name))
    return names


def fields_of_projection(projection: Any) -> Fields:
    """Return the top-level fields that a projection includes."""
    if not projection or not isinstance(projection, Mapping):
        return {"_id", *map(_top, projection)} if projection else None
    others = {name: value for name, value in projection.items() if name != "_id"}
    if any("$" in name or value not in (0, 1) for name, value in others.items()):
        return None
    if not others:
        return {"_id"} if projection["_id"] else None
    if all(others.values()):
        return {"_id", *map(_top, others)}
    if any(others.values()):
        return None
    return AllExcept({name for name in others if "." not in name})


def fields_of_pipeline(stages: Sequence[Any]) -> set[str] | None:
    """Return the top-level fields that a pipeline reads, or None if it may read any."""
    names = {"_id"}
    for stage in stages:
        read, is_last = _fields_of_stage(stage)
        if read is None:
            return None
        names |= read
        if is_last:
            return names
    return None


def _fields_of_stage(stage: Any) -> tuple[set[str] | None, bool]:
    """Return the fields that a stage reads, and whether later stages can read no others."""
    if not isinstance(stage, Mapping) or len(stage) != 1:
        return None, False
    [(operator, value)] = stage.items()
    match operator:
        case "$match":
            return fields_of_filter(value), False
        case "$sort" if isinstance(value, Mapping):
            return set(map(_top, value)), False
        case "$unwind":
            return _paths(value.get("path") if isinstance(value, Mapping) else value), False
        case "$limit" | "$skip":
            return set(), False
        case "$count":
            return set(), True
        case "$group":
            return _paths(value), True
        case "$project" if isinstance(value, Mapping):
            return _fields_of_project_stage(value), True
        case _:
            return None, False


def _fields_of_project_stage(value: Mapping) -> set[str] | None:
    others = {name: each for name, each in value.items() if name != "_id"}
    if not others or any(isinstance(each, int | float) and not each for each in others.values()):
        return None
    return union([set(map(_top, value)), _paths(list(value.values()))])


def _paths(expression: Any) -> set[str] | None:
    """Return the top-level fields that an expression refers to, or None for possibly all."""
    if isinstance(expression, str):
        if expression.startswith("$$"):
            is_document = _top(expression) in ("$$ROOT", "$$CURRENT")
            return None if is_document else set()
        return {_top(expression[1:])} if expression.startswith("$") else set()
    if isinstance(expression, Mapping):
        return union(map(_paths, expression.values()))
    if isinstance(expression, list | tuple):
        return union(map(_paths, expression))
    return set()


def union(sets: Iterable[set[str] | None]) -> set[str] | None:
    """Return the union of sets of names, where None means all names."""
    sets = list(sets)
    return None if None in sets else set().union(*sets)


def _top(path: str) -> str:
    return path.partition(".")[0]


def _document(parts: Iterable[bytes]) -> bytes:
    content = b"".join(parts)
    return pack("<i", len(content) + 5) + content + b"\0"


def _elements(stored: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the name of each element with the positions of its first byte and after its last."""
    position = 4
    while bson_type := stored[position]:
        name_end = stored.index(b"\0", position + 1)
        end = _end_of_value(stored, bson_type, name_end + 1)
        yield stored[position + 1 : name_end].decode(), position, end
        position = end


def _end_of_value(stored: bytes, bson_type: int, start: int) -> int:
    if bson_type in _FIXED:
        return start + _FIXED[bson_type]
    if bson_type in _PREFIXED:
        return start + _PREFIXED[bson_type] + unpack_from("<i", stored, start)[0]
    if bson_type == _REGEX:  # Two strings that end with a null byte.
        return stored.index(b"\0", stored.index(b"\0", start) + 1) + 1
    raise bson.errors.InvalidBSON(f"Unknown BSON type {bson_type}.")
