"""How a collection's indexes are declared, listed and dropped."""

from collections.abc import Iterable
from typing import Any

from mongomock.helpers import create_index_list, gen_index_name
from pymongo import IndexModel
from pymongo.errors import OperationFailure

from embedded_mongo.codec import Document
from embedded_mongo.index import Index
from embedded_mongo.reading import Reading, refuse
from embedded_mongo.store import PRIMARY

INDEX_NOT_FOUND = 27
INDEX_OPTIONS_CONFLICT = 85
INDEX_KEY_SPECS_CONFLICT = 86
NO_PART_OF_AN_INDEX = ("background", "cache_for", "collation", "comment", "session", "v")
WHAT_MAKES_AN_INDEX = ("key", "unique", "sparse", "partialFilterExpression")


class Declaring(Reading):
    """
    The part of a collection that knows its indexes; listing them is mongomock's.

    `expireAfterSeconds` is kept and listed, but nothing expires.
    """

    def create_index(self, key_or_list: Any, *, name: str | None = None, **options: Any) -> str:
        [created] = self._create_indexes([_index(create_index_list(key_or_list), name, options)])
        return created

    def create_indexes(
        self, indexes: Iterable[IndexModel], session: Any = None, **_options: Any
    ) -> list[str]:
        refuse(session=session)
        given = [dict(index.document) for index in indexes]
        return self._create_indexes(
            [_index(each.pop("key").items(), each.pop("name"), each) for each in given]
        )

    def drop_index(self, index_or_name: Any, session: Any = None, **_options: Any) -> None:
        refuse(session=session)
        name = index_or_name
        if not isinstance(name, str):
            name = gen_index_name(create_index_list(index_or_name))
        with self._writing({"dropIndexes": self.name, "index": name}):
            if name not in self._store.indexes:
                raise OperationFailure(f"index not found with name [{name}]", INDEX_NOT_FOUND)
            self._store.drop_indexes(name)

    def drop_indexes(self, session: Any = None, **_options: Any) -> None:
        refuse(session=session)
        with self._writing({"dropIndexes": self.name, "index": "*"}):
            if declared := self._store.indexes:
                self._store.drop_indexes(*declared)

    def _create_indexes(self, indexes: list[Index]) -> list[str]:
        declared = [{"name": index.name, **index.declaration} for index in indexes]
        with self._writing({"createIndexes": self.name, "indexes": declared}):
            for index in indexes:
                if self._is_new(index):
                    self._store.create_index(index)
        return [index.name for index in indexes]

    def _is_new(self, index: Index) -> bool:
        """
        :raises OperationFailure: another index has its name, or is the same by another name
        """
        declared = self._store.indexes
        if index.name in declared:
            if declared[index.name] == index.declaration:
                return False
            raise OperationFailure(
                f"An index named {index.name} exists with other fields or options.",
                INDEX_KEY_SPECS_CONFLICT,
            )
        for name, each in declared.items():
            if _what_makes(each) == _what_makes(index.declaration):
                raise OperationFailure(
                    f"The index {index.name} exists already by the name {name}.",
                    INDEX_OPTIONS_CONFLICT,
                )
        return index.name != PRIMARY and index.key != [("_id", 1)]


def _index(key: Iterable, name: str | None, options: Document) -> Index:
    refuse(session=options.get("session"), collation=options.get("collation"))
    key = list(key)
    given = {
        option: value
        for option, value in options.items()
        if option not in NO_PART_OF_AN_INDEX and value is not None and value is not False
    }
    return Index(name or gen_index_name(key), key, **given)


def _what_makes(declaration: Document) -> list:
    return [declaration.get(option) for option in WHAT_MAKES_AN_INDEX]
