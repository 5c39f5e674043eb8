"""The `$unwind` stage; mongomock's own copies the whole array for each of its elements."""

from collections.abc import Iterator
from typing import Any

from mongomock.aggregate import process_pipeline
from mongomock.helpers import get_value_by_dot, set_value_by_dot

from embedded_mongo.codec import Document


def unwind(documents: list[Document], options: Any) -> list[Document]:
    """Return a document for each element of an array; mongomock handles everything else."""
    path = options.get("path") if isinstance(options, dict) else options
    if not isinstance(path, str) or (isinstance(options, dict) and "includeArrayIndex" in options):
        return list(process_pipeline(documents, None, [{"$unwind": options}], None))
    return [
        unwound for document in documents for unwound in _unwind_one(document, path[1:], options)
    ]


def _unwind_one(document: Document, path: str, options: Any) -> Iterator[Document]:
    try:
        elements = get_value_by_dot(document, path)
    except KeyError:
        elements = None
    if not isinstance(elements, list) or not elements:
        yield from process_pipeline([document], None, [{"$unwind": options}], None)
        return
    template = _replace_value(document, path.split("."), None)
    for element in elements:
        yield set_value_by_dot(_copy(template), path, _copy(element))


def _replace_value(document: Document, path: list[str], value: Any) -> Document:
    """Return the document with another value at the path; all other values are shared."""
    first, *rest = path
    return document | {first: _replace_value(document[first], rest, value) if rest else value}


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value
