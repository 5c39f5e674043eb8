"""The documents of a collection in memory; every change is part of a transaction."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import DocumentTooLarge, DuplicateKeyError

from embedded_mongo.codec import Document, decode, encode
from embedded_mongo.fields import decode_fields, select_fields, union
from embedded_mongo.filter_analysis import branches_of_or, equality_keys, required_fields
from embedded_mongo.index import Index, IndexMatch, key_of
from embedded_mongo.store_file import (
    StoredCollection,
    delete_collection,
    delete_document,
    save_collection,
    save_document,
)
from embedded_mongo.terms import condition_of, split_search, with_all_terms
from embedded_mongo.transaction import Transaction, TransactionManager

PRIMARY = "_id_"
DUPLICATE_KEY = 11000


class CollectionStore:
    """
    The documents of one collection: BSON by number, in the order of their insertion.

    Every read decodes a document again, so a reader has its own copy that no writer changes.
    """

    def __init__(self, transactions: TransactionManager, database_name: str, name: str):
        self.name = name
        self._database_name = database_name
        self._transactions = transactions
        self._number: int | None = None  # The number in the file, or None if it is not there yet.
        self._documents: dict[int, bytes] = {}
        self._indexes = _initial_indexes()

    def load(self, number: int, definitions: list[Document]) -> None:
        self._number = number
        for definition in definitions:
            index = Index(**definition)
            self._indexes[index.name] = index

    @property
    def is_created(self) -> bool:
        return self._number is not None

    @property
    def indexes(self) -> dict[str, Document]:
        """The definitions of all indexes except the one on `_id`, as mongomock lists them."""
        with self._transactions.read():
            definitions = {name: index.definition for name, index in self._indexes.items()}
        del definitions[PRIMARY]
        return definitions

    def __len__(self) -> int:
        with self._transactions.read():
            return len(self._documents)

    def write(self) -> AbstractContextManager[Transaction]:
        return self._transactions.write()

    def __setitem__(self, _id: Any, document: Document) -> None:
        """Replace a document; mongomock calls this to revert a failed update."""
        self.replace(_id, encode(document))

    def candidates(self, condition: Mapping[str, Any]) -> tuple[list[bytes], Mapping[str, Any]]:
        """
        Return the documents that may match a filter, and the part of it to compare them with.

        Without a suitable index, these are all documents.
        """
        with self._transactions.read():
            match = self._match(condition)
            if match is None:
                return [self._documents[number] for number in sorted(self._documents)], condition
            numbers = sorted(set().union(*match.numbers))
            rest = condition if match.rest is None else match.rest
            return [self._documents[number] for number in numbers], {} if match.is_exact else rest

    def count_by_index(self, condition: Mapping[str, Any]) -> int | None:
        """Return how many documents match a filter, or None if documents must be compared."""
        with self._transactions.read():
            match = self._match(condition)
            if match is None or not match.is_exact:
                return None
            return len(set().union(*match.numbers))

    def get(self, _id: Any) -> bytes:
        return self._documents[self._number_of(_id)]

    def insert(self, document: bytes) -> None:
        """
        Add a document.

        :raises DuplicateKeyError: a unique index already contains its values
        """
        self.create()
        self._save(next(self._transactions.document_numbers), document)

    def replace(self, _id: Any, document: bytes) -> None:
        """
        Replace the document that has this `_id` with another one that has the same.

        :raises DuplicateKeyError: a unique index already contains its values
        """
        self._save(self._number_of(_id), document)

    def delete(self, _id: Any) -> None:
        number = self._number_of(_id)
        before = self._documents[number]
        self._transactions.current.record(
            delete_document(number), undo=lambda: self.put(number, before)
        )
        self.put(number, None)

    def create(self) -> None:
        """Add the collection to the file if it is not there yet."""
        if self._number is None:
            self._save_indexes(next(self._transactions.collection_numbers), self._indexes)

    def drop(self) -> None:
        if self._number is not None:
            before = self._number, self._documents, self._indexes
            self._transactions.current.record(
                *delete_collection(self._number), undo=lambda: self._set_state(*before)
            )
            self._set_state(None, {}, _initial_indexes())

    def create_index(self, index: Index) -> None:
        """
        Add an index with all documents.

        :raises DuplicateKeyError: the index is unique, but its values are not
        """
        for number, stored in self._documents.items():
            document = decode_fields(stored, index.required_fields)
            index.check_parallel_arrays(document)
            self._check_unique(index, number, document)
            index.add(number, document)
        self.create()
        self._save_indexes(self._number, {**self._indexes, index.name: index})

    def drop_indexes(self, *names: str) -> None:
        remaining = {name: index for name, index in self._indexes.items() if name not in names}
        self._save_indexes(self._number, remaining)

    def put(self, number: int, stored: bytes | None) -> None:
        """Put a document into memory and all indexes, or remove it from them if it is None."""
        before = self._select_indexed(self._documents.pop(number, None))
        after = self._select_indexed(stored)
        if stored is not None:
            self._documents[number] = stored
        if before != after:
            self._for_each_index(Index.remove, number, before)
            self._for_each_index(Index.add, number, after)

    def _save(self, number: int, stored: bytes) -> None:
        if len(stored) > MAX_BSON_SIZE:
            raise DocumentTooLarge(f"BSON document too large ({len(stored)} bytes)")
        before, indexed = self._documents.get(number), self._select_indexed(stored)
        if indexed != self._select_indexed(before):
            document = decode(indexed)
            for index in self._indexes.values():
                index.check_parallel_arrays(document)
                self._check_unique(index, number, document)
        self._transactions.current.record(
            save_document(number, self._number, stored), undo=lambda: self.put(number, before)
        )
        self.put(number, stored)

    def _save_indexes(self, number: int, indexes: dict[str, Index]) -> None:
        before = self._number, self._documents, self._indexes
        definitions = [{"name": index.name, **index.definition} for index in indexes.values()]
        collection = StoredCollection(number, self._database_name, self.name, definitions[1:])
        self._transactions.current.record(
            save_collection(collection), undo=lambda: self._set_state(*before)
        )
        self._set_state(number, self._documents, indexes)

    def _set_state(self, number: int | None, documents: dict[int, bytes], indexes: dict) -> None:
        self._number, self._documents, self._indexes = number, documents, indexes

    def _number_of(self, _id: Any) -> int:
        match = self._indexes[PRIMARY].match({"_id": _id}, {"_id": [key_of(_id)]})
        [[number]] = match.numbers if match else []
        return number

    def _match(self, condition: Mapping[str, Any]) -> IndexMatch | None:
        """Return the smallest match of an index, or None without a suitable index."""
        keys = equality_keys(condition)
        matches = [index.match(condition, keys) for index in self._indexes.values() if keys]
        matches += [
            self._match_any(branches, is_whole_filter=len(condition) == 1 and "$or" in condition)
            for branches in branches_of_or(condition)
        ]
        suitable = [match for match in matches if match is not None]
        if not suitable and (bounds := required_fields(condition)):
            sparse = (index.match_present(bounds) for index in self._indexes.values())
            suitable = [match for match in sparse if match is not None]
        smallest = min(suitable, key=lambda match: match.cost) if suitable else None
        return self._match_search(condition, smallest) or smallest

    def _match_any(self, branches: list, *, is_whole_filter: bool) -> IndexMatch | None:
        """Return the union of the branches' matches, or None if one has no suitable index."""
        numbers, is_exact = [], is_whole_filter
        for branch in branches:
            match = self._match(branch)
            if match is None:
                return None
            numbers += match.numbers
            is_exact = is_exact and match.is_exact
        return IndexMatch(numbers, is_exact)

    def _match_search(self, condition: Any, other: IndexMatch | None) -> IndexMatch | None:
        """
        Return the documents with all terms of a search, or None if the filter is not a search.

        :param other: another index's match of the filter, which makes the result smaller
        """
        if not isinstance(condition, Mapping):
            return None
        indexes = {
            index.fields[0]: index for index in self._indexes.values() if index.has_every_term
        }
        search = split_search(condition, set(indexes))
        if search is None:
            return None
        sets = [indexes[term.field].match_term(term) for term in search.terms]
        common = [term for term, numbers in zip(search.terms, sets, strict=True) if numbers is None]
        rare = [numbers for numbers in sets if numbers is not None]
        if other is not None:
            rare.append(other.numbers)
        numbers = with_all_terms(rare or [[set(self._documents)]])
        conditions = [part for part in (search.rest, condition_of(common)) if part]
        rest = {"$and": conditions} if len(conditions) > 1 else dict(*conditions)
        return IndexMatch([numbers], is_exact=not rest, rest=rest)

    def _select_indexed(self, stored: bytes | None) -> bytes:
        """Return the fields that the indexes need; nothing for None."""
        if stored is None:
            return b""
        fields = union(index.required_fields for index in self._indexes.values())
        return select_fields(stored, fields)

    def _for_each_index(self, change: Any, number: int, indexed: bytes) -> None:
        if not indexed:
            return
        document = decode(indexed)
        for index in self._indexes.values():
            change(index, number, document)

    def _check_unique(self, index: Index, number: int, document: Document) -> None:
        entry = index.find_duplicate(number, document)
        if entry is None:
            return
        key_value = dict(zip(index.fields, entry, strict=True))
        values = ", ".join(f"{field}: {value!r}" for field, value in key_value.items())
        message = (
            f"E11000 duplicate key error collection: {self._database_name}.{self.name} "
            f"index: {index.name} dup key: {{ {values} }}"
        )
        details = {
            "code": DUPLICATE_KEY,
            "errmsg": message,
            "keyPattern": dict(index.key),
            "keyValue": key_value,
        }
        raise DuplicateKeyError(message, DUPLICATE_KEY, details)


def _initial_indexes() -> dict[str, Index]:
    return {PRIMARY: Index(PRIMARY, [("_id", 1)], unique=True)}
