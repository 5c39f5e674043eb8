"""A document migration that is interrupted at any write is completed at the next start."""

from itertools import count

import pymongo
import pytest
from mongoengine import get_db
from pymongo.errors import PyMongoError

from apps.common.storage import migrations
from embedded_mongo.errors import StoreUnavailable
from embedded_mongo.store_file import StoreFile
from lms.stores import documents
from tests.common.shelf import FIRST, NEW, OLD, SECOND

FEWEST_WRITES = 10  # a claim and a completion for each step, and five documents
SECONDS_WITHOUT_STORE = 0.4


@pytest.fixture(autouse=True)
def _shelf(settings):
    settings.INSTALLED_APPS = [*settings.INSTALLED_APPS, "tests.common.shelf"]
    yield
    _empty()


def _empty() -> None:
    get_db()[migrations.COLLECTION].delete_many({"_id": {"$in": [FIRST, SECOND]}})
    get_db().shelf_books.delete_many({})


def _fill() -> None:
    _empty()
    get_db().shelf_books.insert_many(OLD)


def _complete(monkeypatch) -> None:
    """Start again after the lease has expired."""
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "LEASE", -migrations.LEASE)
        migrations.migrate()
    assert list(get_db().shelf_books.find().sort("_id")) == NEW
    assert migrations.pending_steps() == []


class Killed(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("is_written", [True, False])
def test_a_migration_killed_at_any_write_of_the_embedded_store_is_completed(
    monkeypatch, settings, is_written
):
    if settings.MONGODB_URI:
        pytest.skip("The tests run on another engine.")
    commit = StoreFile.commit
    for last in count(1):
        _fill()
        writes = count(1)

        def write(file, statements, writes=writes, last=last):
            number = next(writes)
            if number < last or (number == last and is_written):
                commit(file, statements)
            if number == last:
                raise Killed()
            if number > last:
                raise StoreUnavailable()

        with monkeypatch.context() as patch:
            patch.setattr(StoreFile, "commit", write)
            try:
                migrations.migrate()
                break
            except Killed:
                documents.close_store()
        _complete(monkeypatch)
    assert last > FEWEST_WRITES


@pytest.mark.parametrize("losing", ["response", "command"])
def test_a_migration_that_loses_mongodb_at_any_write_is_completed(monkeypatch, proxy, losing):
    for last in count(1):
        _fill()
        proxy.disconnect_after(last, losing=losing)
        try:
            with pymongo.timeout(SECONDS_WITHOUT_STORE):
                migrations.migrate()
        except PyMongoError:
            assert proxy.is_disconnected
            proxy.reconnect()
        else:
            break
        _complete(monkeypatch)
    assert last > FEWEST_WRITES
