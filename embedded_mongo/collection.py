"""What PyMongo calls a collection: mongomock's queries and updates over documents that last."""

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

from embedded_mongo.bulk import Bulk, encode_new
from embedded_mongo.codec import Document, encode
from embedded_mongo.declaring import Declaring
from embedded_mongo.fields import decode_fields, fields_of_projection
from embedded_mongo.reading import refuse
from embedded_mongo.transaction import Transaction
from embedded_mongo.updating import PlainUpdate, prepare_update

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
        stored = encode_new(document)
        with self._writing({"insert": self.name, "documents": [document]}):
            self._store.insert(stored)
        return InsertOneResult(document["_id"], acknowledged=True)

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
        prepared = prepare_update(update)
        with self._updating(filter, update, options):
            return super().update_one(filter, prepared, *args, **options)

    def update_many(self, filter: Mapping, update: Any, *args: Any, **options: Any) -> UpdateResult:
        """Unlike MongoDB's, one that fails half-way has changed nothing."""
        prepared = prepare_update(update)
        with self._updating(filter, update, options, multi=True):
            return super().update_many(filter, prepared, *args, **options)

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
            if found is None:
                return None
            stored, document = found
            self._store.remove(document["_id"])
        return self._shown(stored, projection)

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
        prepared = prepare_update(update)
        with self._modifying(filter, sort, update=update, upsert=upsert):
            found = self._first(filter, sort)
            if found is None and not upsert:
                return None
            before, document = found or (None, {})
            # The condition stays beside the id: a positional update needs it.
            chosen = filter if found is None else {**filter, "_id": document["_id"]}
            answer = self._update(chosen, prepared, upsert=upsert)
            after = self._store.get(answer["upserted"] if found is None else document["_id"])
        return self._shown(after if return_document else before, projection)

    def _shown(self, stored: bytes | None, projection: Any) -> Document | None:
        """Decode what a call returns, which need not be done before it lets others in."""
        if stored is None:
            return None
        document = decode_fields(stored, fields_of_projection(projection))
        return self._with_time_zone(self._copy_only_fields(document, projection, dict))

    # What these and mongomock's `_update` are made of

    def _insert(self, data: Any, session: Any = None, ordered: bool = True) -> Any:
        refuse(session=session)
        self._store.insert(encode_new(data))
        return data["_id"]

    def _update(
        self,
        spec: Mapping,
        document: Any,
        upsert: bool = False,
        multi: bool = False,
        **options: Any,
    ) -> Document:
        if isinstance(document, PlainUpdate) and not any(options.values()):
            answer = self._update_plainly(spec, document, multi=multi)
            if answer["n"] or not upsert:
                return answer
        return super()._update(spec, document, upsert=upsert, multi=multi, **options)

    def _update_plainly(self, spec: Mapping, update: PlainUpdate, *, multi: bool) -> Document:
        validate_is_mapping("spec", spec)
        condition = patch_datetime_awareness_in_document(spec)

        def compute(document: Document, operators: Document) -> None:
            self._apply_update_document(document, condition, operators, False)

        matched = modified = 0
        rows = self._matching(condition, ["_id"])
        for stored, document in islice(rows, None if multi else 1):
            updated = update.apply(stored, compute)
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
        """Check and store: mongomock calls this when it has changed a document."""
        self._store.replace(new_data["_id"], encode(new_data))

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
        found = self._matching(patch_datetime_awareness_in_document(filter), ["_id"])
        doomed = [document["_id"] for _stored, document in islice(found, None if multi else 1)]
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
