"""Operations that create, list and drop the indexes of a collection."""

from collections.abc import Iterable
from typing import Any

from mongomock.helpers import create_index_list, gen_index_name
from pymongo import IndexModel
from pymongo.errors import OperationFailure

from embedded_mongo.codec import Document
from embedded_mongo.collection_store import PRIMARY
from embedded_mongo.index import Index
from embedded_mongo.read_operations import ReadOperations, reject_options

INDEX_NOT_FOUND = 27
INDEX_OPTIONS_CONFLICT = 85
INDEX_KEY_SPECS_CONFLICT = 86
OPTIONS_NOT_STORED = ("background", "cache_for", "collation", "comment", "session", "v")
IDENTITY = ("key", "unique", "sparse", "partialFilterExpression")


class IndexOperations(ReadOperations):
    """
    The index operations of a collection; those that list indexes are mongomock's.

    `expireAfterSeconds` is stored and listed, but documents do not expire.
    """

    def create_index(self, key_or_list: Any, *, name: str | None = None, **options: Any) -> str:
        [created] = self._create_indexes(
            [_make_index(create_index_list(key_or_list), name, options)]
        )
        return created

    def create_indexes(
        self, indexes: Iterable[IndexModel], session: Any = None, **_options: Any
    ) -> list[str]:
        reject_options(session=session)
        definitions = [dict(index.document) for index in indexes]
        return self._create_indexes(
            [
                _make_index(definition.pop("key").items(), definition.pop("name"), definition)
                for definition in definitions
            ]
        )

    def drop_index(self, index_or_name: Any, session: Any = None, **_options: Any) -> None:
        reject_options(session=session)
        name = index_or_name
        if not isinstance(name, str):
            name = gen_index_name(create_index_list(index_or_name))
        with self._write({"dropIndexes": self.name, "index": name}):
            if name not in self._store.indexes:
                raise OperationFailure(f"index not found with name [{name}]", INDEX_NOT_FOUND)
            self._store.drop_indexes(name)

    def drop_indexes(self, session: Any = None, **_options: Any) -> None:
        reject_options(session=session)
        with self._write({"dropIndexes": self.name, "index": "*"}):
            if names := self._store.indexes:
                self._store.drop_indexes(*names)

    def _create_indexes(self, indexes: list[Index]) -> list[str]:
        definitions = [{"name": index.name, **index.definition} for index in indexes]
        with self._write({"createIndexes": self.name, "indexes": definitions}):
            for index in indexes:
                if self._is_new(index):
                    self._store.create_index(index)
        return [index.name for index in indexes]

    def _is_new(self, index: Index) -> bool:
        """
        Return whether the index must be created.

        :raises OperationFailure: an index with the same name or the same fields differs
        """
        definitions = self._store.indexes
        if index.name in definitions:
            if definitions[index.name] == index.definition:
                return False
            raise OperationFailure(
                f"An index named {index.name} already exists with other fields or options.",
                INDEX_KEY_SPECS_CONFLICT,
            )
        for name, definition in definitions.items():
            if _identity(definition) == _identity(index.definition):
                raise OperationFailure(
                    f"The index {index.name} already exists under the name {name}.",
                    INDEX_OPTIONS_CONFLICT,
                )
        return index.name != PRIMARY and index.key != [("_id", 1)]


def _make_index(key: Iterable, name: str | None, options: Document) -> Index:
    reject_options(session=options.get("session"), collation=options.get("collation"))
    key = list(key)
    stored_options = {
        option: value
        for option, value in options.items()
        if option not in OPTIONS_NOT_STORED and value is not None and value is not False
    }
    return Index(name or gen_index_name(key), key, **stored_options)


def _identity(definition: Document) -> list:
    return [definition.get(option) for option in IDENTITY]
