"""What PyMongo calls a collection: mongomock's queries and updates over documents that last."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from typing import Any

from bson import ObjectId
from mongomock.collection import (
    _validate_data_fields,
    validate_is_mapping,
    validate_is_mutable_mapping,
    validate_ok_for_replace,
    validate_ok_for_update,
)
from mongomock.helpers import patch_datetime_awareness_in_document
from pymongo import ReturnDocument
from pymongo.errors import BulkWriteError, WriteError
from pymongo.results import (
    BulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
)

from embedded_mongo.bulk import Bulk
from embedded_mongo.declaring import Declaring
from embedded_mongo.index import Document
from embedded_mongo.reading import refuse
from embedded_mongo.transaction import Transaction

TYPE_MISMATCH = 14


class Collection(Declaring):
    """A collection whose every public writer is one transaction, and one event for listeners."""

    def with_options(self, *args: Any, **options: Any) -> "Collection":
        checked = super().with_options(*args, **options)
        if checked is self:
            return self
        return Collection(
            self.database,
            self.name,
            _db_store=self._db_store,
            write_concern=checked.write_concern,
            read_concern=checked.read_concern,
            read_preference=checked.read_preference,
            codec_options=checked.codec_options,
        )

    def insert_one(self, document: Any, session: Any = None, **_options: Any) -> InsertOneResult:
        refuse(session=session)
        validate_is_mutable_mapping("document", document)
        with self._writing({"insert": self.name, "documents": [document]}):
            return InsertOneResult(self._insert(document), acknowledged=True)

    def insert_many(
        self, documents: Iterable[Any], ordered: bool = True, session: Any = None, **_options: Any
    ) -> InsertManyResult:
        """
        :raises BulkWriteError: some were refused; those before (unordered: all others) are there
        """
        refuse(session=session)
        if not isinstance(documents, Iterable) or isinstance(documents, Mapping) or not documents:
            raise TypeError("documents must be a non-empty list")
        bulk, documents = Bulk(self, ordered=ordered), list(documents)
        for document in documents:
            bulk.add_insert(document)
        self._execute(bulk)
        return InsertManyResult([document["_id"] for document in documents], acknowledged=True)

    def update_one(self, filter: Mapping, update: Any, *args: Any, **options: Any) -> UpdateResult:
        with self._updating(filter, update, options):
            return super().update_one(filter, update, *args, **options)

    def update_many(self, filter: Mapping, update: Any, *args: Any, **options: Any) -> UpdateResult:
        """Unlike MongoDB's, one that fails half-way has changed nothing."""
        with self._updating(filter, update, options, multi=True):
            return super().update_many(filter, update, *args, **options)

    def replace_one(
        self, filter: Mapping, replacement: Any, *args: Any, **options: Any
    ) -> UpdateResult:
        with self._updating(filter, replacement, options):
            return super().replace_one(filter, replacement, *args, **options)

    def delete_one(self, filter: Mapping, **options: Any) -> DeleteResult:
        with self._writing({"delete": self.name, "deletes": [{"q": filter, "limit": 1}]}):
            return DeleteResult(self._delete(filter, **options), acknowledged=True)

    def delete_many(self, filter: Mapping, **options: Any) -> DeleteResult:
        with self._writing({"delete": self.name, "deletes": [{"q": filter, "limit": 0}]}):
            return DeleteResult(self._delete(filter, multi=True, **options), acknowledged=True)

    def bulk_write(
        self, requests: Iterable[Any], ordered: bool = True, session: Any = None, **_options: Any
    ) -> BulkWriteResult:
        """
        :raises BulkWriteError: some were refused; those before (unordered: all others) are there
        """
        refuse(session=session)
        bulk = Bulk(self, ordered=ordered)
        for operation in requests:
            operation._add_to_bulk(bulk)
        return BulkWriteResult(self._execute(bulk), acknowledged=True)

    def find_one_and_delete(
        self, filter: Mapping, projection: Any = None, sort: Any = None, **options: Any
    ) -> Document | None:
        refuse(**options)
        with self._modifying(filter, sort, remove=True):
            found = self._first(filter, sort)
            if found is not None:
                self._store.remove(found["_id"])
        return self._shown(found, projection)

    def find_one_and_replace(
        self, filter: Mapping, replacement: Any, *args: Any, **options: Any
    ) -> Document | None:
        validate_ok_for_replace(replacement)
        return self._find_and_modify(filter, replacement, *args, **options)

    def find_one_and_update(
        self, filter: Mapping, update: Any, *args: Any, **options: Any
    ) -> Document | None:
        validate_ok_for_update(update)
        return self._find_and_modify(filter, update, *args, **options)

    def _find_and_modify(
        self,
        filter: Mapping,
        update: Any,
        projection: Any = None,
        sort: Any = None,
        upsert: bool = False,
        return_document: bool = ReturnDocument.BEFORE,
        **options: Any,
    ) -> Document | None:
        refuse(**options)
        with self._modifying(filter, sort, update=update, upsert=upsert):
            before = self._first(filter, sort)
            if before is None and not upsert:
                return None
            # The condition stays beside the id: a positional update needs it.
            chosen = filter if before is None else {**filter, "_id": before["_id"]}
            answer = self._update(chosen, update, upsert=upsert)
            _id = answer["upserted"] if before is None else before["_id"]
            after = self._first({"_id": _id})
        return self._shown(after if return_document else before, projection)

    def _shown(self, document: Document | None, projection: Any) -> Document | None:
        if document is None:
            return None
        return self._with_time_zone(self._copy_only_fields(document, projection, dict))

    # What these and mongomock's `_update` are made of

    def _insert(self, data: Any, session: Any = None, ordered: bool = True) -> Any:
        refuse(session=session)
        if not all(isinstance(name, str) for name in data):
            raise ValueError("Document keys must be strings")
        _validate_data_fields(data)
        if "_id" not in data:
            data["_id"] = ObjectId()
        self._store.insert(data)
        return data["_id"]

    def _ensure_uniques(self, new_data: Document) -> None:
        """Check and store: mongomock calls this when it has changed a document."""
        self._store.replace(new_data)

    def _apply_update_document(
        self, existing_document: Document, spec: Mapping, document: Mapping, was_insert: bool
    ) -> None:
        try:
            super()._apply_update_document(existing_document, spec, document, was_insert)
        except TypeError as error:
            message = f"The update does not fit the document: {error}"
            raise WriteError(message, TYPE_MISMATCH) from error

    def _delete(self, filter: Mapping, multi: bool = False, **options: Any) -> Document:
        refuse(**options)
        validate_is_mapping("filter", filter)
        found = self._iter_documents(patch_datetime_awareness_in_document(filter))
        doomed = [document["_id"] for document in islice(found, None if multi else 1)]
        for _id in doomed:
            self._store.remove(_id)
        return {"n": len(doomed), "ok": 1.0}

    def _execute(self, bulk: Bulk) -> Document:
        with self._writing(*bulk.commands()) as transaction:
            result = bulk.execute(transaction)
        if result["writeErrors"]:
            raise BulkWriteError(result)
        return result

    def _updating(
        self, filter: Mapping, update: Any, options: Document, multi: bool = False
    ) -> AbstractContextManager[Transaction]:
        refuse(sort=options.pop("sort", None))
        options.pop("comment", None)
        upsert = options.get("upsert", False)
        operation = {"q": filter, "u": update, "multi": multi, "upsert": upsert}
        return self._writing({"update": self.name, "updates": [operation]})

    def _modifying(
        self, filter: Mapping, sort: Any, **how: Any
    ) -> AbstractContextManager[Transaction]:
        command = {"findAndModify": self.name, "query": filter, **how}
        return self._writing({**command, "sort": dict(sort)} if sort else command)

    @contextmanager
    def _writing(self, *commands: Document) -> Iterator[Transaction]:
        with ExitStack() as observers:
            for command in commands:
                observers.enter_context(self.observed(command))
            with self._store.writing() as transaction:
                yield transaction
