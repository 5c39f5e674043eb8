"""Bulk writes: several operations in one call and one transaction."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from bson import ObjectId
from mongomock.collection import _validate_data_fields, validate_is_mutable_mapping
from pymongo.errors import InvalidOperation, WriteError

from embedded_mongo.codec import encode
from embedded_mongo.read_operations import reject_options
from embedded_mongo.updates import prepare_update

COUNTERS = ("nInserted", "nMatched", "nModified", "nRemoved", "nUpserted")
COMMAND_LISTS = {"insert": "documents", "update": "updates", "delete": "deletes"}


def encode_new_document(document: Any) -> bytes:
    """Validate a document to insert, add an `_id` if it has none, and encode it."""
    if not all(isinstance(name, str) for name in document):
        raise ValueError("Document keys must be strings")
    _validate_data_fields(document)
    if "_id" not in document:
        document["_id"] = ObjectId()
    return encode(document)


class Step(NamedTuple):
    command: str
    operation: Any
    run: Callable[[], dict[str, Any]]


class Bulk:
    """
    A list of operations. Each is applied completely or not at all.

    PyMongo's operations call the `add_` methods; mongomock's own class does not accept the
    arguments that PyMongo passes.
    """

    def __init__(self, collection: Any, *, ordered: bool):
        self._collection = collection
        self._ordered = ordered
        self._steps: list[Step] = []

    def add_insert(self, document: Any) -> None:
        validate_is_mutable_mapping("document", document)
        stored = encode_new_document(document)
        self._add("insert", document, lambda: self._insert(stored))

    def add_update(
        self,
        condition: Mapping,
        update: Any,
        multi: bool = False,
        upsert: bool = False,
        sort: Any = None,
        **options: Any,
    ) -> None:
        reject_options(sort=sort)
        operation = {"q": condition, "u": update, "multi": multi, "upsert": bool(upsert)}
        prepared = prepare_update(update)
        self._add(
            "update",
            operation,
            lambda: self._update(condition, prepared, multi=multi, upsert=upsert, **options),
        )

    def add_replace(
        self, condition: Mapping, document: Mapping, upsert: bool | None = False, **options: Any
    ) -> None:
        self.add_update(condition, document, False, bool(upsert), **options)

    def add_delete(self, condition: Mapping, limit: int, **options: Any) -> None:
        self._add(
            "delete",
            {"q": condition, "limit": limit},
            lambda: self._delete(condition, multi=not limit, **options),
        )

    def commands(self) -> list[dict[str, Any]]:
        """Return the commands that a client would send: one per sequence of the same operation."""
        return [
            {name: self._collection.name, COMMAND_LISTS[name]: [step.operation for step in steps]}
            for name, steps in groupby(self._steps, key=lambda step: step.command)
        ]

    def execute(self, transaction: Any) -> dict[str, Any]:
        """Run all operations, or those before the first error if ordered; errors are listed."""
        if not self._steps:
            raise InvalidOperation("No operations to execute")
        totals: dict[str, Any] = {name: 0 for name in COUNTERS}
        totals |= {"writeErrors": [], "writeConcernErrors": [], "upserted": []}
        for index, step in enumerate(self._steps):
            try:
                with transaction.savepoint():
                    self._add_to_totals(totals, index, step.run())
            except WriteError as error:
                details = error.details or {"code": error.code, "errmsg": str(error)}
                totals["writeErrors"].append({"index": index, "op": step.operation, **details})
                if self._ordered:
                    break
        return totals

    def _add(self, command: str, operation: Any, run: Callable[[], dict[str, Any]]) -> None:
        self._steps.append(Step(command, operation, run))

    def _insert(self, stored: bytes) -> dict[str, Any]:
        self._collection._store.insert(stored)
        return {"nInserted": 1}

    def _update(self, condition: Mapping, update: Any, **options: Any) -> dict[str, Any]:
        result = self._collection._update(condition, update, **options)
        if result["upserted"] is not None:
            return {"nUpserted": 1, "upserted": result["upserted"]}
        return {"nMatched": result["n"], "nModified": result["nModified"]}

    def _delete(self, condition: Mapping, **options: Any) -> dict[str, Any]:
        return {"nRemoved": self._collection._delete(condition, **options)["n"]}

    def _add_to_totals(self, totals: dict[str, Any], index: int, result: dict[str, Any]) -> None:
        if "upserted" in result:
            totals["upserted"].append({"index": index, "_id": result.pop("upserted")})
        for name, number in result.items():
            totals[name] += number
