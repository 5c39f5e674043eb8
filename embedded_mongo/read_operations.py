"""Operations that read a collection."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from typing import Any

import mongomock
from mongomock.aggregate import process_pipeline
from mongomock.collection import validate_is_mapping
from mongomock.command_cursor import CommandCursor
from mongomock.filtering import resolve_sort_key
from mongomock.helpers import (
    make_datetime_timezone_aware_in_document,
    patch_datetime_awareness_in_document,
)

from embedded_mongo.codec import Document
from embedded_mongo.command_events import CommandEvent, publish_events
from embedded_mongo.cursor import Cursor
from embedded_mongo.fields import (
    Fields,
    complete,
    decode_fields,
    fields_of_filter,
    fields_of_pipeline,
    fields_of_projection,
)
from embedded_mongo.filters import matches, with_value_sets
from embedded_mongo.unwind import unwind

Row = tuple[bytes, Document]  # A stored document, and those of its fields that are needed.

OPTIONS_WITHOUT_EFFECT = ("comment", "hint", "maxTimeMS")


class ReadOperations(mongomock.Collection):
    """The read operations of a collection. Their results are copies that belong to the caller."""

    def publish_events(self, command: Document) -> AbstractContextManager[None]:
        event = CommandEvent(self.database.name, command)
        return publish_events(self.database.listeners, event)

    def find(
        self,
        filter: Any = None,
        projection: Any = None,
        skip: int = 0,
        limit: int = 0,
        *,
        sort: Any = None,
        collation: Any = None,
        session: Any = None,
        **_options: Any,
    ) -> Cursor:
        reject_options(session=session, collation=collation)
        condition = {} if filter is None else filter
        validate_is_mapping("filter", condition)
        return Cursor(self, condition, sort, projection, skip, limit)

    def find_one(self, filter: Any = None, *args: Any, **options: Any) -> Document | None:
        if filter is not None and not isinstance(filter, Mapping):
            filter = {"_id": filter}
        return next(self.find(filter, *args, **{**options, "limit": -1}), None)

    def count_documents(self, filter: Mapping, **options: Any) -> int:
        pipeline = [{"$match": filter}, {"$group": {"_id": 1, "n": {"$sum": 1}}}]
        with self.publish_events({"aggregate": self.name, "pipeline": pipeline}):
            if options:
                return super().count_documents(filter, **options)
            number = self._store.count_by_index(filter)
            if number is not None:
                return number
            return sum(1 for _ in self._find_rows(patch_datetime_awareness_in_document(filter)))

    def estimated_document_count(self, **_options: Any) -> int:
        with self.publish_events({"count": self.name}):
            return len(self._store)

    def aggregate(
        self, pipeline: list[Document], session: Any = None, **options: Any
    ) -> CommandCursor:
        reject_options(session=session, collation=options.get("collation"))
        with self.publish_events({"aggregate": self.name, "pipeline": pipeline}):
            results = self._run_pipeline(patch_datetime_awareness_in_document(list(pipeline)))
        return CommandCursor([self._with_time_zone(document) for document in results])

    def _run_pipeline(self, pipeline: list[Document]) -> list[Document]:
        # Stages use naive times, which mongomock compares; the reads of a stage are no commands.
        condition = pipeline[0].get("$match") if pipeline else None
        stages = pipeline if condition is None else pipeline[1:]
        documents = list(self._iter_documents(condition or {}, fields_of_pipeline(stages)))
        for stage in stages:
            documents = self._run_stage(documents, stage)
        return documents

    def _run_stage(self, documents: list[Document], stage: Document) -> list[Document]:
        if set(stage) == {"$unwind"}:
            return unwind(documents, stage["$unwind"])
        if set(stage) == {"$match"}:
            condition = with_value_sets(stage["$match"])
            return [document for document in documents if matches(condition, document)]
        database = self.database.for_pipelines()
        return list(process_pipeline(documents, database, [stage], None))

    def _iter_documents(self, filter: Mapping, fields: Fields = None) -> Iterator[Document]:
        rows = self._find_rows(filter)
        return (complete(stored, document, fields) for stored, document in rows)

    def _find_rows(self, filter: Mapping, needed: Iterable[str] = ()) -> Iterator[Row]:
        """
        Choose candidates by the indexes now; decode and compare each later, without the lock.

        Only the fields of a large document that are compared or needed are decoded.
        """
        candidates, rest = self._store.candidates(filter)
        compared = fields_of_filter(rest)
        fields = None if compared is None else compared | set(needed)
        rows = ((stored, decode_fields(stored, fields)) for stored in candidates)
        if not candidates:
            matches(with_value_sets(filter), {})  # An invalid filter is always an error.
        if not rest:
            return rows
        condition = with_value_sets(rest)
        return (row for row in rows if matches(condition, row[1]))

    def _get_dataset(self, spec: Any, sort: Any, fields: Any, as_class: Any) -> Iterator[Document]:
        """Find and sort documents; each large document is decoded only when it is read."""
        needed = fields_of_projection(fields)
        for stored, document in self._sorted_rows(spec, sort):
            yield self._copy_only_fields(complete(stored, document, needed), fields, as_class)

    def _find_first(self, filter: Mapping, sort: Any) -> Row | None:
        """Return the first row with its `_id` decoded, or None."""
        validate_is_mapping("filter", filter)
        condition = patch_datetime_awareness_in_document(filter)
        return next(iter(self._sorted_rows(condition, sort, "_id")), None)

    def _sorted_rows(self, spec: Any, sort: Any, *decoded: str) -> Iterable[Row]:
        keys = list(sort.items() if isinstance(sort, dict) else sort or ())
        sorted_by = (key.partition(".")[0] for key, _ in keys)
        rows: Iterable[Row] = self._find_rows(spec, [*decoded, *sorted_by])
        for key, direction in reversed(keys):
            rows = _sort(rows, key, direction)
        return rows

    def _copy_only_fields(self, doc: Document, fields: Any, container: type) -> Document:
        if not fields:
            return doc  # It was decoded for this caller and needs no copy.
        copy = dict(fields) if isinstance(fields, dict) else fields  # mongomock changes it.
        return super()._copy_only_fields(doc, copy, container)

    def _with_time_zone(self, document: Document) -> Document:
        aware = self.codec_options.tz_aware
        return make_datetime_timezone_aware_in_document(document) if aware else document


def _sort(rows: Iterable[Row], key: str, direction: int) -> Iterable[Row]:
    """
    Return the rows in the order of a key.

    :raises NotImplementedError: the store does not support the key
    """
    if key == "$natural":
        return reversed(list(rows)) if direction < 0 else rows
    if key.startswith("$"):
        raise NotImplementedError(f"The embedded store does not support sorting by {key}.")
    return sorted(rows, key=lambda row: resolve_sort_key(key, row[1]), reverse=direction < 0)


def reject_options(**options: Any) -> None:
    """
    Reject options that would change the result.

    :raises NotImplementedError: the store does not support an option
    """
    for name, value in options.items():
        if value and name not in OPTIONS_WITHOUT_EFFECT:
            raise NotImplementedError(f"The embedded store does not support the option {name}.")
