"""Collections: the operations of PyMongo's `Collection` that write."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from itertools import islice
from typing import Any

from mongomock.collection import (
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

from embedded_mongo.bulk import Bulk, encode_new_document
from embedded_mongo.codec import Document, encode
from embedded_mongo.fields import decode_fields, fields_of_projection
from embedded_mongo.index_operations import IndexOperations
from embedded_mongo.read_operations import reject_options
from embedded_mongo.transaction import Transaction
from embedded_mongo.updates import FieldUpdate, prepare_update

TYPE_MISMATCH = 14


class Collection(IndexOperations):
    """A collection. Each write operation is one transaction and publishes one command event."""

    def with_options(self, *args: Any, **options: Any) -> "Collection":
        copy = super().with_options(*args, **options)
        if copy is self:
            return self
        return Collection(
            self.database,
            self.name,
            _db_store=self._db_store,
            write_concern=copy.write_concern,
            read_concern=copy.read_concern,
            read_preference=copy.read_preference,
            codec_options=copy.codec_options,
        )

    def insert_one(self, document: Any, session: Any = None, **_options: Any) -> InsertOneResult:
        reject_options(session=session)
        validate_is_mutable_mapping("document", document)
        stored = encode_new_document(document)
        with self._write({"insert": self.name, "documents": [document]}):
            self._store.insert(stored)
        return InsertOneResult(document["_id"], acknowledged=True)

    def insert_many(
        self, documents: Iterable[Any], ordered: bool = True, session: Any = None, **_options: Any
    ) -> InsertManyResult:
        """
        Insert documents.

        :raises BulkWriteError: some were rejected; the earlier ones were inserted, or with
            `ordered=False` all others
        """
        reject_options(session=session)
        if not isinstance(documents, Iterable) or isinstance(documents, Mapping) or not documents:
            raise TypeError("documents must be a non-empty list")
        bulk, documents = Bulk(self, ordered=ordered), list(documents)
        for document in documents:
            bulk.add_insert(document)
        self._execute(bulk)
        return InsertManyResult([document["_id"] for document in documents], acknowledged=True)

    def update_one(self, filter: Mapping, update: Any, *args: Any, **options: Any) -> UpdateResult:
        prepared = prepare_update(update)
        with self._write_update(filter, update, options):
            return super().update_one(filter, prepared, *args, **options)

    def update_many(self, filter: Mapping, update: Any, *args: Any, **options: Any) -> UpdateResult:
        """Update all matching documents; unlike in MongoDB, an error leaves all unchanged."""
        prepared = prepare_update(update)
        with self._write_update(filter, update, options, multi=True):
            return super().update_many(filter, prepared, *args, **options)

    def replace_one(
        self, filter: Mapping, replacement: Any, *args: Any, **options: Any
    ) -> UpdateResult:
        with self._write_update(filter, replacement, options):
            return super().replace_one(filter, replacement, *args, **options)

    def delete_one(self, filter: Mapping, **options: Any) -> DeleteResult:
        with self._write({"delete": self.name, "deletes": [{"q": filter, "limit": 1}]}):
            return DeleteResult(self._delete(filter, **options), acknowledged=True)

    def delete_many(self, filter: Mapping, **options: Any) -> DeleteResult:
        with self._write({"delete": self.name, "deletes": [{"q": filter, "limit": 0}]}):
            return DeleteResult(self._delete(filter, multi=True, **options), acknowledged=True)

    def bulk_write(
        self, requests: Iterable[Any], ordered: bool = True, session: Any = None, **_options: Any
    ) -> BulkWriteResult:
        """
        Run write operations.

        :raises BulkWriteError: some failed; the earlier ones were applied, or with
            `ordered=False` all others
        """
        reject_options(session=session)
        bulk = Bulk(self, ordered=ordered)
        for operation in requests:
            operation._add_to_bulk(bulk)
        return BulkWriteResult(self._execute(bulk), acknowledged=True)

    def find_one_and_delete(
        self, filter: Mapping, projection: Any = None, sort: Any = None, **options: Any
    ) -> Document | None:
        reject_options(**options)
        with self._write_modification(filter, sort, remove=True):
            row = self._find_first(filter, sort)
            if row is None:
                return None
            stored, document = row
            self._store.delete(document["_id"])
        return self._decode_result(stored, projection)

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
        reject_options(**options)
        prepared = prepare_update(update)
        with self._write_modification(filter, sort, update=update, upsert=upsert):
            row = self._find_first(filter, sort)
            if row is None and not upsert:
                return None
            before, document = row or (None, {})
            # Positional updates need the filter in addition to the id.
            condition = filter if row is None else {**filter, "_id": document["_id"]}
            result = self._update(condition, prepared, upsert=upsert)
            after = self._store.get(result["upserted"] if row is None else document["_id"])
        return self._decode_result(after if return_document else before, projection)

    def _decode_result(self, stored: bytes | None, projection: Any) -> Document | None:
        """Decode a result; callers release the lock before."""
        if stored is None:
            return None
        document = decode_fields(stored, fields_of_projection(projection))
        return self._with_time_zone(self._copy_only_fields(document, projection, dict))

    # Methods that mongomock calls, and those that the operations above share

    def _insert(self, data: Any, session: Any = None, ordered: bool = True) -> Any:
        reject_options(session=session)
        self._store.insert(encode_new_document(data))
        return data["_id"]

    def _update(
        self,
        spec: Mapping,
        document: Any,
        upsert: bool = False,
        multi: bool = False,
        **options: Any,
    ) -> Document:
        if isinstance(document, FieldUpdate) and not any(options.values()):
            result = self._update_fields(spec, document, multi=multi)
            if result["n"] or not upsert:
                return result
        return super()._update(spec, document, upsert=upsert, multi=multi, **options)

    def _update_fields(self, spec: Mapping, update: FieldUpdate, *, multi: bool) -> Document:
        validate_is_mapping("spec", spec)
        condition = patch_datetime_awareness_in_document(spec)
        matched = modified = 0
        rows = self._find_rows(condition, ["_id"])
        for stored, document in islice(rows, None if multi else 1):
            updated = update.apply(stored)
            matched += 1
            if updated != stored:
                self._store.replace(document["_id"], updated)
                modified += 1
        return {
            "n": matched,
            "nModified": modified,
            "ok": 1,
            "upserted": None,
            "updatedExisting": matched > 0,
        }

    def _ensure_uniques(self, new_data: Document) -> None:
        """Check and store a document; mongomock calls this after it has updated one."""
        self._store.replace(new_data["_id"], encode(new_data))

    def _apply_update_document(
        self, existing_document: Document, spec: Mapping, document: Mapping, was_insert: bool
    ) -> None:
        prepared = prepare_update(document)  # mongomock has copied the update.
        if isinstance(prepared, FieldUpdate) and was_insert:
            return prepared.apply_to_new(existing_document)
        try:
            super()._apply_update_document(existing_document, spec, document, was_insert)
        except TypeError as error:
            message = f"The update cannot be applied to the document: {error}"
            raise WriteError(message, TYPE_MISMATCH) from error

    def _delete(self, filter: Mapping, multi: bool = False, **options: Any) -> Document:
        reject_options(**options)
        validate_is_mapping("filter", filter)
        rows = self._find_rows(patch_datetime_awareness_in_document(filter), ["_id"])
        ids = [document["_id"] for _stored, document in islice(rows, None if multi else 1)]
        for _id in ids:
            self._store.delete(_id)
        return {"n": len(ids), "ok": 1.0}

    def _execute(self, bulk: Bulk) -> Document:
        with self._write(*bulk.commands()) as transaction:
            result = bulk.execute(transaction)
        if result["writeErrors"]:
            raise BulkWriteError(result)
        return result

    def _write_update(
        self, filter: Mapping, update: Any, options: Document, multi: bool = False
    ) -> AbstractContextManager[Transaction]:
        reject_options(sort=options.pop("sort", None))
        options.pop("comment", None)
        upsert = options.get("upsert", False)
        operation = {"q": filter, "u": update, "multi": multi, "upsert": upsert}
        return self._write({"update": self.name, "updates": [operation]})

    def _write_modification(
        self, filter: Mapping, sort: Any, **options: Any
    ) -> AbstractContextManager[Transaction]:
        command = {"findAndModify": self.name, "query": filter, **options}
        return self._write({**command, "sort": dict(sort)} if sort else command)

    @contextmanager
    def _write(self, *commands: Document) -> Iterator[Transaction]:
        with ExitStack() as events:
            for command in commands:
                events.enter_context(self.publish_events(command))
            with self._store.write() as transaction:
                yield transaction
