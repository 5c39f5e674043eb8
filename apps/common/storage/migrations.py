"""
Document migrations: numbered steps that update the documents of earlier releases.

A step is a module of an app, `document_migrations/0001_name.py`. Its generator `migrate(database)`
updates a limited number of documents and yields, until none is left. It works on collections and
not on document classes, which have the fields of today. An interrupted step is run again from its
beginning, so it must be idempotent, and it changes only the collections of its app.

The store records each step: `claimed_at` while a process runs it, `applied_at` when it is complete.
"""

import pkgutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from importlib import import_module
from itertools import islice

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from mongoengine import get_db
from pymongo.collection import Collection
from pymongo.database import Database
from pymongo.errors import DuplicateKeyError, PyMongoError

from apps.common.clock import now_in_milliseconds

PACKAGE = COLLECTION = "document_migrations"
LEASE = timedelta(seconds=30)  # A step renews its claim after each round, which takes far less.
ROUND = 1_000  # documents

Step = Callable[[Database], Iterator[None]]


class StoreIsNewer(Exception):
    """A newer release has changed the documents; the message says what the operator can do."""


class StepInProgress(Exception):
    """Another process is running the step, or has died less than a lease ago."""


def known_steps() -> dict[str, Step]:
    """Return the steps of this release by name, in the order in which they are applied."""
    return {
        f"{app.label}.{module.name}": import_module(f"{app.name}.{PACKAGE}.{module.name}").migrate
        for app in apps.get_app_configs()
        if module_has_submodule(app.module, PACKAGE)
        for module in pkgutil.iter_modules(import_module(f"{app.name}.{PACKAGE}").__path__)
    }


def pending_steps() -> list[str]:
    """
    Return the names of the steps that are not completely applied, in their order.

    :raises StoreIsNewer: the store records a step that this release does not know
    """
    recorded = {record["_id"]: record for record in _records().find()}
    known = known_steps()
    if unknown := sorted(recorded.keys() - known.keys()):
        raise StoreIsNewer(
            f"a newer release has changed the documents (step {', '.join(unknown)}); start that "
            "release, or restore a backup from before it."
        )
    return [name for name in known if not recorded.get(name, {}).get("applied_at")]


def refuse_newer_store() -> None:
    """
    Check the store before anything is written; an unreachable one is checked when it is back.

    :raises StoreIsNewer: the store records a step that this release does not know
    """
    with suppress(PyMongoError):
        pending_steps()


def migrate() -> list[str]:
    """
    Apply the pending steps, and return their names.

    :raises StoreIsNewer: the store records a step that this release does not know
    :raises StepInProgress: another process is running a step; those before it are applied
    """
    pending, known = pending_steps(), known_steps()
    for name in pending:
        _apply(name, known[name])
    return pending


def update_in_rounds(collection: Collection, condition: dict, change: dict) -> Iterator[None]:
    """Make the same change to all documents that meet a condition, and yield after each round."""
    matching = collection.find(condition, {"_id": True}).sort("_id")
    ids = (document["_id"] for document in matching)
    while batch := list(islice(ids, ROUND)):
        collection.update_many({**condition, "_id": {"$in": batch}}, change)
        yield


def _apply(name: str, step: Step) -> None:
    """
    :raises StepInProgress: another process is running the step
    """
    claimed_at = _claim(name)
    try:
        for _ in step(get_db()):
            claimed_at = _record(name, claimed_at, claimed_at=now_in_milliseconds())
        _record(name, claimed_at, applied_at=now_in_milliseconds())
    except BaseException:
        with suppress(PyMongoError, StepInProgress):  # The next start need not wait for the lease.
            _record(name, claimed_at, claimed_at=claimed_at - LEASE)
        raise


def _claim(name: str) -> datetime:
    """
    Record that this process runs the step, and return the time that identifies its claim.

    :raises StepInProgress: another process has a claim that has not expired
    """
    now = now_in_milliseconds()
    try:
        _records().insert_one({"_id": name, "claimed_at": now})
    except DuplicateKeyError:
        expired = {"_id": name, "applied_at": None, "claimed_at": {"$lte": now - LEASE}}
        if not _records().update_one(expired, {"$set": {"claimed_at": now}}).matched_count:
            raise StepInProgress(name) from None
    return now


def _record(name: str, claim: datetime, **fields: datetime) -> datetime:
    """
    Write a field of the record while this process has the claim, and return its value.

    :raises StepInProgress: the claim has expired, and another process has taken over
    """
    own = {"_id": name, "applied_at": None, "claimed_at": claim}
    if not _records().update_one(own, {"$set": fields}).matched_count:
        raise StepInProgress(name)
    [value] = fields.values()
    return value


def _records() -> Collection:
    return get_db()[COLLECTION]
