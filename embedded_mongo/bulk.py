"""Several writes in one call and one transaction, taken as PyMongo's operations hand them over."""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from bson import ObjectId
from mongomock.collection import _validate_data_fields, validate_is_mutable_mapping
from pymongo.errors import InvalidOperation, WriteError

from embedded_mongo.codec import encode
from embedded_mongo.reading import refuse
from embedded_mongo.updating import prepare_update

COUNTERS = ("nInserted", "nMatched", "nModified", "nRemoved", "nUpserted")
LISTED_AS = {"insert": "documents", "update": "updates", "delete": "deletes"}


def encode_new(document: Any) -> bytes:
    """Check a document that is to be inserted, give it an `_id` if it has none, and encode it."""
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
    Collects writes and runs them, each of them wholly or not at all.

    Mongomock's own takes the arguments of an older PyMongo.
    """

    def __init__(self, collection: Any, *, ordered: bool):
        self._collection = collection
        self._ordered = ordered
        self._steps: list[Step] = []

    def add_insert(self, document: Any) -> None:
        validate_is_mutable_mapping("document", document)
        stored = encode_new(document)
        self._add("insert", document, lambda: self._inserted(stored))

    def add_update(
        self,
        condition: Mapping,
        update: Any,
        multi: bool = False,
        upsert: bool = False,
        sort: Any = None,
        **options: Any,
    ) -> None:
        refuse(sort=sort)
        operation = {"q": condition, "u": update, "multi": multi, "upsert": bool(upsert)}
        prepared = prepare_update(update)
        self._add(
            "update",
            operation,
            lambda: self._updated(condition, prepared, multi=multi, upsert=upsert, **options),
        )

    def add_replace(
        self, condition: Mapping, document: Mapping, upsert: bool | None = False, **options: Any
    ) -> None:
        self.add_update(condition, document, False, bool(upsert), **options)

    def add_delete(self, condition: Mapping, limit: int, **options: Any) -> None:
        self._add(
            "delete",
            {"q": condition, "limit": limit},
            lambda: self._deleted(condition, multi=not limit, **options),
        )

    def commands(self) -> list[dict[str, Any]]:
        """Return what a client would send: one command for each run of operations of one kind."""
        return [
            {name: self._collection.name, LISTED_AS[name]: [step.operation for step in steps]}
            for name, steps in groupby(self._steps, key=lambda step: step.command)
        ]

    def execute(self, transaction: Any) -> dict[str, Any]:
        """Run everything, or as far as the first error if ordered; the answer lists the errors."""
        if not self._steps:
            raise InvalidOperation("No operations to execute")
        result: dict[str, Any] = {name: 0 for name in COUNTERS}
        result |= {"writeErrors": [], "writeConcernErrors": [], "upserted": []}
        for index, step in enumerate(self._steps):
            try:
                with transaction.step():
                    self._count(result, index, step.run())
            except WriteError as error:
                details = error.details or {"code": error.code, "errmsg": str(error)}
                result["writeErrors"].append({"index": index, "op": step.operation, **details})
                if self._ordered:
                    break
        return result

    def _add(self, command: str, operation: Any, run: Callable[[], dict[str, Any]]) -> None:
        self._steps.append(Step(command, operation, run))

    def _inserted(self, stored: bytes) -> dict[str, Any]:
        self._collection._store.insert(stored)
        return {"nInserted": 1}

    def _updated(self, condition: Mapping, update: Any, **options: Any) -> dict[str, Any]:
        answer = self._collection._update(condition, update, **options)
        if answer["upserted"] is not None:
            return {"nUpserted": 1, "upserted": answer["upserted"]}
        return {"nMatched": answer["n"], "nModified": answer["nModified"]}

    def _deleted(self, condition: Mapping, **options: Any) -> dict[str, Any]:
        return {"nRemoved": self._collection._delete(condition, **options)["n"]}

    def _count(self, result: dict[str, Any], index: int, answer: dict[str, Any]) -> None:
        if "upserted" in answer:
            result["upserted"].append({"index": index, "_id": answer.pop("upserted")})
        for name, number in answer.items():
            result[name] += number
