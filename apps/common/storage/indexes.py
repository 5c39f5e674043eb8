"""
The indexes that the documents declare: a command builds them, and readiness verifies them.

MongoEngine would build them at the first use of a collection and silently continue without an index
that cannot be built, although an invariant depends on it.
"""

from mongoengine import DEFAULT_CONNECTION_NAME, Document
from pymongo.errors import OperationFailure


def documents() -> list[type[Document]]:
    """Return all document classes that have a collection in the product's store."""
    return sorted(filter(_has_collection, _subclasses(Document)), key=str)


def build_indexes() -> None:
    """
    Build all declared indexes, even if one of them fails.

    :raises OperationFailure: an index cannot be built, for example a unique one over duplicates
    """
    failures = []
    for kind in documents():
        try:
            kind.ensure_indexes()
        except OperationFailure as failure:
            failures.append(failure)
    if failures:
        raise failures[0]


def missing_indexes() -> list[str]:
    """Return the declared indexes that the database lacks, as `collection: fields`."""
    return [
        f"{kind._get_collection_name()}: {', '.join(name for name, _ in keys)}"
        for kind in documents()
        for keys in _missing(kind)
    ]


def _missing(kind: type[Document]) -> list[tuple]:
    built = kind._get_collection().index_information().values()
    present = {(_keys(index["key"]), bool(index.get("unique"))) for index in built}
    declared = [
        (_keys(spec["fields"]), bool(spec.get("unique"))) for spec in kind._meta["index_specs"]
    ]
    return [keys for keys, unique in declared if (keys, unique) not in present]


def _keys(fields) -> tuple:
    return tuple((name, int(direction)) for name, direction in fields)


def _subclasses(kind: type[Document]) -> set[type[Document]]:
    children = set(kind.__subclasses__())
    return children.union(*(_subclasses(child) for child in children))


def _has_collection(kind: type[Document]) -> bool:
    alias = kind._meta.get("db_alias", DEFAULT_CONNECTION_NAME)
    return not kind._meta.get("abstract") and alias == DEFAULT_CONNECTION_NAME
