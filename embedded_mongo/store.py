"""The documents in memory, as mongomock's collections want them; every change goes to the file."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from typing import Any

from pymongo.common import MAX_BSON_SIZE
from pymongo.errors import DocumentTooLarge, DuplicateKeyError

from embedded_mongo.codec import Document, decode, encode
from embedded_mongo.errors import StoreClosed
from embedded_mongo.fair_lock import FairLock
from embedded_mongo.fields import decode_fields, select_fields, union
from embedded_mongo.file import (
    StoredCollection,
    StoredDocument,
    StoreFile,
    keep_collection,
    keep_document,
    remove_collection,
    remove_document,
)
from embedded_mongo.index import Answer, Index, alternatives, key_of, required_fields, wanted_values
from embedded_mongo.transaction import Transaction

PRIMARY = "_id_"
DUPLICATE_KEY = 11000


class ServerStore:
    """All databases of one file, behind one lock."""

    def __init__(self, file: StoreFile):
        self.file = file
        self._lock = FairLock()
        self._databases: dict[str, DatabaseStore] = {}
        self._transaction: Transaction | None = None
        collections, documents = file.take_contents()
        self.numbers = count(1 + max((each.number for each in documents), default=0))
        self.collection_numbers = count(1 + max((each.number for each in collections), default=0))
        self._load(collections, documents)

    def __getitem__(self, name: str) -> "DatabaseStore":
        with self._lock:
            if name not in self._databases:
                self._databases[name] = DatabaseStore(self, name)
            return self._databases[name]

    def __contains__(self, name: str) -> bool:
        return self[name].is_created

    def list_created_database_names(self) -> list[str]:
        with self.reading():
            return [name for name, database in self._databases.items() if database.is_created]

    @property
    def transaction(self) -> Transaction:
        """
        The running call's transaction: the only way to change a document.

        :raises RuntimeError: there is none, and what was to be changed would miss the file
        """
        if self._transaction is None or not self._transaction.is_mine:
            raise RuntimeError("The embedded store is changed by its collections' methods only.")
        return self._transaction

    @contextmanager
    def reading(self) -> Iterator[None]:
        """
        Wait for the writer, so that nothing is read that is not in the file.

        :raises StoreClosed: the client was closed, or opened before a fork
        """
        with self._lock:
            if not self.file.is_usable:
                raise StoreClosed("The embedded store was closed, or opened before a fork.")
            yield

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """
        Run a call that changes documents; inside another one it is part of that.

        :raises StoreUnavailable: the file did not take the changes, and memory is as it was
        """
        with self.reading():
            if self._transaction is not None:
                yield self._transaction
                return
            self._transaction = Transaction()
            try:
                yield self._transaction
                if self._transaction.statements:
                    self.file.commit(self._transaction.statements)
            except BaseException:
                self._transaction.undo()
                raise
            finally:
                self._transaction = None

    def close(self) -> None:
        with self._lock:
            self.file.close()

    def _load(self, collections: list[StoredCollection], documents: list[StoredDocument]) -> None:
        by_number = {}
        for number, database, name, indexes in collections:
            by_number[number] = self[database][name]
            by_number[number].load(number, indexes)
        for number, collection, document in documents:
            by_number[collection].place(number, document)


class DatabaseStore:
    """The collections of one database."""

    def __init__(self, server: ServerStore, name: str):
        self.name = name
        self.server = server
        self._collections: dict[str, CollectionStore] = {}

    def __getitem__(self, name: str) -> "CollectionStore":
        try:
            return self._collections[name]
        except KeyError:
            # Atomic: two threads that come here at once must not get one each.
            return self._collections.setdefault(name, CollectionStore(self, name))

    def __contains__(self, name: str) -> bool:
        return self[name].is_created

    @property
    def is_created(self) -> bool:
        return any(collection.is_created for collection in list(self._collections.values()))

    def list_created_collection_names(self) -> list[str]:
        with self.server.reading():
            return [name for name, each in self._collections.items() if each.is_created]

    def create_collection(self, name: str) -> "CollectionStore":
        with self.server.writing():
            self[name].create()
        return self[name]


class CollectionStore:
    """
    The documents of one collection as BSON bytes by number, in the order in which they came.

    Every read decodes anew: what a reader holds is its own, and no writer changes it.
    """

    def __init__(self, database: DatabaseStore, name: str):
        self.name = name
        self._database = database
        self._server = database.server
        self._number: int | None = None  # in the file, once it is there
        self._documents: dict[int, bytes] = {}
        self._indexes = _no_indexes()

    def load(self, number: int, declared: list[Document]) -> None:
        self._number = number
        for declaration in declared:
            index = Index(**declaration)
            self._indexes[index.name] = index

    @property
    def is_created(self) -> bool:
        return self._number is not None

    @property
    def indexes(self) -> dict[str, Document]:
        """The declared indexes as mongomock lists them: all but the one on `_id`."""
        with self._server.reading():
            declared = {name: index.declaration for name, index in self._indexes.items()}
        del declared[PRIMARY]
        return declared

    def __len__(self) -> int:
        with self._server.reading():
            return len(self._documents)

    def writing(self) -> AbstractContextManager[Transaction]:
        return self._server.writing()

    def __setitem__(self, _id: Any, document: Document) -> None:
        """Mongomock's own way of taking back an update."""
        self.replace(_id, encode(document))

    def candidates(self, condition: Mapping[str, Any]) -> tuple[list[bytes], bool]:
        """Return the documents that may meet a filter, and whether all of them do.

        These are all documents if no index can tell.
        """
        with self._server.reading():
            answer = self._answer(condition)
            if answer is None:
                return [self._documents[number] for number in sorted(self._documents)], False
            numbers = sorted(set().union(*answer.numbers))
            return [self._documents[number] for number in numbers], answer.is_exact

    def count_by_index(self, condition: Mapping[str, Any]) -> int | None:
        """Return how many documents meet a filter, or None if an index alone cannot tell."""
        with self._server.reading():
            answer = self._answer(condition)
            if answer is None or not answer.is_exact:
                return None
            return len(set().union(*answer.numbers))

    def get(self, _id: Any) -> bytes:
        return self._documents[self._number_of(_id)]

    def insert(self, document: bytes) -> None:
        """
        :raises DuplicateKeyError: a unique index has its values already
        """
        self.create()
        self._change(next(self._server.numbers), document)

    def replace(self, _id: Any, document: bytes) -> None:
        """
        Put the document in the place of the one that has this `_id`, which is also its own.

        :raises DuplicateKeyError: a unique index has its values already
        """
        self._change(self._number_of(_id), document)

    def remove(self, _id: Any) -> None:
        number = self._number_of(_id)
        before = self._documents[number]
        self._server.transaction.changing(
            remove_document(number), undo=lambda: self.place(number, before)
        )
        self.place(number, None)

    def create(self) -> None:
        """Enter the collection in the file, if it is not there yet."""
        if self._number is None:
            self._declare(next(self._server.collection_numbers), self._indexes)

    def drop(self) -> None:
        if self._number is not None:
            number, documents, indexes = self._number, self._documents, self._indexes
            self._server.transaction.changing(
                *remove_collection(number), undo=lambda: self._become(number, documents, indexes)
            )
            self._become(None, {}, _no_indexes())

    def create_index(self, index: Index) -> None:
        """
        :raises DuplicateKeyError: the index is unique, and the documents are not
        """
        for number, stored in self._documents.items():
            document = decode_fields(stored, index.reads)
            index.refuse_parallel_arrays(document)
            self._refuse_duplicate(index, number, document)
            index.add(number, document)
        self.create()
        self._declare(self._number, {**self._indexes, index.name: index})

    def drop_indexes(self, *names: str) -> None:
        kept = {name: index for name, index in self._indexes.items() if name not in names}
        self._declare(self._number, kept)

    def place(self, number: int, stored: bytes | None) -> None:
        """Put a document into memory and all indexes, or take it out of them."""
        before = self._indexed_fields(self._documents.pop(number, None))
        after = self._indexed_fields(stored)
        if stored is not None:
            self._documents[number] = stored
        if before != after:
            self._for_each_index(Index.remove, number, before)
            self._for_each_index(Index.add, number, after)

    def _change(self, number: int, stored: bytes) -> None:
        if len(stored) > MAX_BSON_SIZE:
            raise DocumentTooLarge(f"BSON document too large ({len(stored)} bytes)")
        before, indexed = self._documents.get(number), self._indexed_fields(stored)
        if indexed != self._indexed_fields(before):
            document = decode(indexed)
            for index in self._indexes.values():
                index.refuse_parallel_arrays(document)
                self._refuse_duplicate(index, number, document)
        self._server.transaction.changing(
            keep_document(number, self._number, stored), undo=lambda: self.place(number, before)
        )
        self.place(number, stored)

    def _declare(self, number: int, indexes: dict[str, Index]) -> None:
        before = self._number, self._documents, self._indexes
        declared = [{"name": each.name, **each.declaration} for each in indexes.values()]
        names = self._database.name, self.name
        self._server.transaction.changing(
            keep_collection(StoredCollection(number, *names, declared[1:])),
            undo=lambda: self._become(*before),
        )
        self._become(number, self._documents, indexes)

    def _become(self, number: int | None, documents: dict[int, bytes], indexes: dict) -> None:
        self._number, self._documents, self._indexes = number, documents, indexes

    def _number_of(self, _id: Any) -> int:
        answer = self._indexes[PRIMARY].answer({"_id": _id}, {"_id": [key_of(_id)]})
        [[number]] = answer.numbers if answer else []
        return number

    def _answer(self, condition: Mapping[str, Any]) -> Answer | None:
        """Return the cheapest answer of an index, or None if no index can tell."""
        wanted = wanted_values(condition)
        answers = [index.answer(condition, wanted) for index in self._indexes.values() if wanted]
        answers += [
            self._answer_to_any(branches, is_all=len(condition) == 1 and "$or" in condition)
            for branches in alternatives(condition)
        ]
        known = [answer for answer in answers if answer is not None]
        if not known and (bounds := required_fields(condition)):
            sparse = (index.answer_present(bounds) for index in self._indexes.values())
            known = [answer for answer in sparse if answer is not None]
        return min(known, key=lambda answer: answer.cost) if known else None

    def _answer_to_any(self, branches: list, *, is_all: bool) -> Answer | None:
        """Return the union of the branches' answers, or None if no index can tell for one."""
        numbers, is_exact = [], is_all
        for branch in branches:
            answer = self._answer(branch)
            if answer is None:
                return None
            numbers += answer.numbers
            is_exact = is_exact and answer.is_exact
        return Answer(numbers, is_exact)

    def _indexed_fields(self, stored: bytes | None) -> bytes:
        """Return the part of a document that the indexes see; nothing of no document."""
        if stored is None:
            return b""
        return select_fields(stored, union(index.reads for index in self._indexes.values()))

    def _for_each_index(self, change: Any, number: int, indexed: bytes) -> None:
        if not indexed:
            return
        document = decode(indexed)
        for index in self._indexes.values():
            change(index, number, document)

    def _refuse_duplicate(self, index: Index, number: int, document: Document) -> None:
        place = index.held_by_another(number, document)
        if place is None:
            return
        values = ", ".join(
            f"{field}: {value!r}" for field, value in zip(index.fields, place, strict=True)
        )
        message = (
            f"E11000 duplicate key error collection: {self._database.name}.{self.name} "
            f"index: {index.name} dup key: {{ {values} }}"
        )
        details = {
            "code": DUPLICATE_KEY,
            "errmsg": message,
            "keyPattern": dict(index.key),
            "keyValue": dict(zip(index.fields, place, strict=True)),
        }
        raise DuplicateKeyError(message, DUPLICATE_KEY, details)


def _no_indexes() -> dict[str, Index]:
    return {PRIMARY: Index(PRIMARY, [("_id", 1)], unique=True)}
