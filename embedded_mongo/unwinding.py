"""`$unwind` as mongomock does it, which copies the whole list again for each of its elements."""

from collections.abc import Iterator
from typing import Any

from mongomock.aggregate import process_pipeline
from mongomock.helpers import get_value_by_dot, set_value_by_dot

from embedded_mongo.codec import Document


def unwound(documents: list[Document], options: Any) -> list[Document]:
    """Return a document for each element; what is no plain list is left to mongomock."""
    path = options.get("path") if isinstance(options, dict) else options
    if not isinstance(path, str) or (isinstance(options, dict) and "includeArrayIndex" in options):
        return list(process_pipeline(documents, None, [{"$unwind": options}], None))
    return [one for document in documents for one in _unwound(document, path[1:], options)]


def _unwound(document: Document, path: str, options: Any) -> Iterator[Document]:
    try:
        elements = get_value_by_dot(document, path)
    except KeyError:
        elements = None
    if not isinstance(elements, list) or not elements:
        yield from process_pipeline([document], None, [{"$unwind": options}], None)
        return
    around = _with(document, path.split("."), None)
    for element in elements:
        yield set_value_by_dot(_copied(around), path, _copied(element))


def _with(document: Document, path: list[str], value: Any) -> Document:
    """Return the document with another value there, the rest of it shared."""
    first, *rest = path
    return document | {first: _with(document[first], rest, value) if rest else value}


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copied(each) for name, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value
