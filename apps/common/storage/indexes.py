"""The indexes that the documents declare: built by a command, verified by readiness.

MongoEngine would build them at the first use of a collection and go on without one that cannot be
built; an invariant would be missing and nobody would know.
"""

from mongoengine import DEFAULT_CONNECTION_NAME, Document
from pymongo.errors import OperationFailure


def documents() -> list[type[Document]]:
    """Return every document class that has a collection in the product's store."""
    return sorted((kind for kind in _below(Document) if _is_ours(kind)), key=lambda kind: str(kind))


def build_indexes() -> None:
    """
    Build what is declared; what cannot be built does not keep the others from it.

    :raises OperationFailure: one could not be built, such as a unique one over duplicates
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
    """Return the declared indexes that the database does not have, as `collection: fields`."""
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


def _below(kind: type[Document]) -> set[type[Document]]:
    children = set(kind.__subclasses__())
    return children.union(*(_below(child) for child in children))


def _is_ours(kind: type[Document]) -> bool:
    alias = kind._meta.get("db_alias", DEFAULT_CONNECTION_NAME)
    return not kind._meta.get("abstract") and alias == DEFAULT_CONNECTION_NAME
